import assert from "node:assert/strict";
import { test } from "node:test";
import headless from "@xterm/headless";
import { type ColorSource, followColors, ownColors } from "./screen-colors.ts";
import { createScreenMirror } from "./screen-mirror.ts";
import { SizeHistory } from "./size-history.ts";
import { freshStart } from "./viewer.ts";

const size = { cols: 80, rows: 24 };
const given = "\u001b]4;1;rgb:12/34/56\u0007\u001b]11;rgb:00/00/80\u0007";

for (const [what, printed, expected] of [
  ["what a program gives a terminal", "\u001b]11;#000080\u001b\\\u001b]4;1;#123456;2;?\u0007", given],
  ["what it has taken back", `${given}\u001b]104;1\u0007\u001b]111\u0007`, ""],
  ["what the whole palette's end leaves", `${given}\u001b]104\u0007`, "\u001b]11;rgb:00/00/80\u0007"],
  ["what a viewer had before its snapshot", given + ownColors, ""],
] as const)
  test(`${what} is what a viewer's screen gets`, async () => {
    const mirror = await createScreenMirror(new SizeHistory(size));
    await mirror.write(Buffer.from(`${printed}\r\n`));
    const painted = new headless.Terminal({ ...size, allowProposedApi: true });
    const colors = followColors((painted as unknown as { readonly _core: ColorSource })._core);
    await new Promise<void>((resolve) => painted.write(`${given}${freshStart}${mirror.snapshot()}`, resolve));
    const sorted = (text: string): readonly string[] => text.split("\u0007").sort();
    assert.deepEqual(sorted(colors()), sorted(expected));
    painted.dispose();
    mirror.dispose();
  });

test("colours go with the program that gave them when another shell goes on below its screen", async () => {
  const mirror = await createScreenMirror(new SizeHistory(size));
  await mirror.write(Buffer.from(`${given}text\r\n`));
  assert.ok(mirror.snapshot().includes("rgb:"));
  await mirror.leave();
  assert.ok(!mirror.snapshot().includes("rgb:"));
  mirror.dispose();
});

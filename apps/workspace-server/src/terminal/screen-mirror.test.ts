import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@atelier/testkit";
import headless from "@xterm/headless";
import { randomOutput } from "../testing/random-output.ts";
import { createScreen } from "../testing/screen.ts";
import { createScreenMirror } from "./screen-mirror.ts";
import { SizeHistory } from "./size-history.ts";
import { graphicRendition, type TerminalCore } from "./terminal-state.ts";
import { freshStart } from "./viewer.ts";

const size = { cols: 60, rows: 12 } as const;

test("a snapshot at any safe point brings any other terminal to the same state, and so does what follows", async () => {
  for (let seed = 1; seed <= Number(process.env.ATELIER_SEEDS ?? 4); seed++) {
    const random = createRandom(seed);
    const mirror = await createScreenMirror(new SizeHistory(size));
    const direct = createScreen(size);
    const painted = createScreen(size);
    let stream = Buffer.alloc(0);
    for (let step = 0; step < 40; step++) {
      const added = Array.from({ length: 1 + random.below(12) }, () => randomOutput(random, size)).join("");
      const from = stream.length;
      stream = Buffer.concat([stream, Buffer.from(added)]);
      const before = mirror.fed;
      await mirror.write(stream.subarray(before));
      const context = JSON.stringify(stream.subarray(Math.max(0, mirror.fed - 150), mirror.fed).toString());
      await painted.write(`${freshStart}${mirror.snapshot()}`);
      await direct.write(stream.subarray(from, Math.max(from, mirror.fed)));
      if (mirror.fed >= from)
        assert.deepEqual(
          await painted.describe(),
          await direct.describe(),
          `seed ${seed}, step ${step}, after ${context}`,
        );
      await direct.write(stream.subarray(Math.max(from, mirror.fed)));
      await painted.write(stream.subarray(mirror.fed));
      assert.deepEqual(
        await painted.describe(),
        await direct.describe(),
        `seed ${seed}, step ${step}, tail ${JSON.stringify(stream.subarray(mirror.fed).toString())}, after ${context}`,
      );
    }
    mirror.dispose();
    direct.dispose();
    painted.dispose();
  }
});

test("a snapshot has the size that the terminal had where it is cut, and what was printed at others is laid out anew", async () => {
  const small = { cols: 40, rows: 8 };
  const output = [
    "a long line that is wrapped ".repeat(4),
    "\r\n\u001b[5;50Hx\r\n",
    "another one ".repeat(6),
    "\r\nend\r\n$ ",
  ];
  const stream = Buffer.from(output.join(""));
  const [first = "", second = ""] = output;
  const sizes = new SizeHistory(size);
  const mirror = await createScreenMirror(sizes);
  sizes.push(first.length, small);
  sizes.push(first.length + second.length, size);
  sizes.push(stream.length, small);
  const direct = createScreen(size);
  const painted = createScreen(size);
  while ((await mirror.write(stream.subarray(mirror.fed))) > 0);
  assert.deepEqual([mirror.fed, mirror.size, mirror.nextSize], [stream.length - 2, size, 2]);
  await painted.write(`${freshStart}${mirror.snapshot()}$ `);
  await painted.resize(small);
  await direct.write(first);
  await direct.resize(small);
  await direct.write(second);
  await direct.resize(size);
  await direct.write(output.slice(2).join(""));
  await direct.resize(small);
  assert.deepEqual(await painted.describe(), await direct.describe());
  for (const each of [mirror, direct, painted]) each.dispose();
});

test("the last row does not go on in a row that the terminal has dropped, nor in the first one", async () => {
  const dropped = ["\r\n".repeat(size.rows), "x".repeat(size.cols * 5), "\r\n"];
  const full = ["x".repeat(size.cols * 2 + 1), "\r\n".repeat(2000 + size.rows - 2)];
  for (const [output, cols] of [
    [dropped, size.cols * 2],
    [full, size.cols],
  ] as const) {
    const mirror = await createScreenMirror(new SizeHistory(size));
    const direct = createScreen(size);
    const painted = createScreen(size);
    await mirror.force(Buffer.from(output.join("")));
    await direct.write(output.join(""));
    mirror.resize(cols, size.rows);
    await direct.resize(mirror.size);
    await painted.resize(mirror.size);
    await painted.write(`${freshStart}${mirror.snapshot()}`);
    for (const screen of [direct, painted]) {
      await screen.write("\r\n");
      await screen.resize({ cols: 20, rows: size.rows });
    }
    assert.deepEqual(await painted.describe(), await direct.describe());
    for (const each of [mirror, direct, painted]) each.dispose();
  }
});

test("the last row stays when the terminal becomes narrower and more rows come of it than its scrollback holds", async () => {
  const output = `${`${"x".repeat(size.cols)}\r\n`.repeat(2100)}$ `;
  const mirror = await createScreenMirror(new SizeHistory(size));
  const direct = createScreen(size);
  const painted = createScreen(size);
  await mirror.force(Buffer.from(output));
  await direct.write(output);
  mirror.resize(20, size.rows);
  for (const screen of [direct, painted]) await screen.resize(mirror.size);
  await painted.write(`${freshStart}${mirror.snapshot()}`);
  for (const screen of [direct, painted]) assert.match((await screen.describe()).at(-1) ?? "", /^1 \|\$ {19}\|/);
  for (const each of [mirror, direct, painted]) each.dispose();
});

test("what an alternate screen has beyond its edge, since it was made narrower, is not painted", async () => {
  const sizes = new SizeHistory(size);
  const mirror = await createScreenMirror(sizes);
  const direct = createScreen(size);
  const painted = createScreen(size);
  const wide = `\u001b[?1049h\u001b[H${"0123456789".repeat(9)}\r\n漢字漢字漢字漢字漢字漢字漢\r\n`;
  const stream = Buffer.from(`${wide}end\r\n`);
  sizes.push(Buffer.from(wide).length, { cols: 26, rows: 9 });
  await mirror.write(stream);
  await direct.write(wide);
  await direct.resize(mirror.size);
  await direct.write("end\r\n");
  await painted.resize(mirror.size);
  await painted.write(`${freshStart}${mirror.snapshot()}`);
  const isWrapped = /^(\d+) >/;
  const picture = (lines: readonly string[]): readonly string[] => lines.map((line) => line.replace(isWrapped, "$1 |"));
  assert.deepEqual(picture(await painted.describe()), picture(await direct.describe()));
  for (const each of [mirror, direct, painted]) each.dispose();
});

test("after each slice the others have their turn", async () => {
  const mirror = await createScreenMirror(new SizeHistory(size));
  const seen: string[] = [];
  for (let slice = 0; slice < 3; slice++) {
    setImmediate(() => seen.push("others"));
    await mirror.write(Buffer.from("a line\r\n"));
    seen.push("slice");
  }
  mirror.dispose();
  assert.deepEqual(seen, ["others", "slice", "others", "slice", "others", "slice"]);
});

test("an underline keeps its colour, and LF as CR LF stays", async () => {
  const looks = (terminal: { readonly _core: TerminalCore }): readonly string[] => {
    const { buffer } = terminal._core;
    const cell = buffer.getNullCell();
    return [0, 1, 2, 3].map((column) => {
      buffer.lines.get(0)?.loadCell(column, cell);
      return graphicRendition(cell).slice(1);
    });
  };
  const printed = "\u001b[4:3;58;2;255;128;0ma\u001b[58;5;9mb\u001b[58;5;200mc\u001b[0;4md\u001b[20h\r\n";
  const mirror = await createScreenMirror(new SizeHistory(size));
  await mirror.write(Buffer.from(printed));
  const painted = new headless.Terminal({ ...size, allowProposedApi: true });
  await new Promise<void>((resolve) => painted.write(`${freshStart}${mirror.snapshot()}x\ny`, resolve));
  assert.deepEqual(looks(painted as never), ["[0;4:3;58;2;255;128;0m", "[0;4:3;58;5;9m", "[0;4:3;58;5;200m", "[0;4m"]);
  assert.equal(painted.buffer.active.getLine(2)?.translateToString(true), "y");
  await new Promise<void>((resolve) => painted.write(`${freshStart}x\ny`, resolve));
  assert.equal(painted.buffer.active.getLine(1)?.translateToString(true), " y");
  painted.dispose();
  mirror.dispose();
});

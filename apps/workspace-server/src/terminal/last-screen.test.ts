import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { encodeCastEvent, encodeCastHeader } from "@atelier/contract";
import { createScreen } from "../testing/screen.ts";
import { readLastScreen } from "./last-screen.ts";
import { freshStart } from "./viewer.ts";

test("a screen whose size was set long before the end is laid out at that size", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-last-screen-"));
  try {
    const line = "\u001b[2J\u001b[1;1Htop\u001b[99;1Hbottom\r";
    const events = [
      encodeCastEvent(1, "r", "80x24"),
      encodeCastEvent(2, "r", "60x20"),
      // Nobody's size, however it looks.
      encodeCastEvent(2, "o", ',"r","33x44"]'),
      ...Array.from({ length: 20_000 }, (_, index) => encodeCastEvent(3 + index, "o", line)),
    ];
    const header = encodeCastHeader({ width: 132, height: 43, atelier: { terminal: "1", part: 1, offset: 0 } });
    await writeFile(join(folder, "session-20260131T120000Z-1.cast"), header + events.join(""));
    const [name = ""] = await readdir(folder);
    const painted = createScreen({ cols: 60, rows: 20 });
    const direct = createScreen({ cols: 60, rows: 20 });
    const last = await readLastScreen(folder, name);
    await painted.write(`${freshStart}${last?.text}`);
    await direct.write(`${line.repeat(2)}\r\n`);
    assert.deepEqual(last?.size, { cols: 60, rows: 20 });
    assert.deepEqual(await painted.describe(), await direct.describe());
    painted.dispose();
    direct.dispose();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

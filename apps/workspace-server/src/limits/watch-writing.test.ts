import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createWritingWatch, readWrites, type Writes } from "./watch-writing.ts";

const mib = 1024 ** 2;

/** Looks twice a second; each entry is what is not written by then, and what the disk took since the last look, in MiB. */
const looksOf = (course: readonly (readonly [unwritten: number, onDisk: number])[]): string => {
  let now: Writes = { unwritten: 0, onDisk: 50_000 * mib };
  let at = 0;
  let said: boolean | undefined;
  const look = createWritingWatch({
    writes: () => now,
    clock: () => at,
    onLook: (isHeavy) => {
      said = isHeavy;
    },
  });
  return course
    .map(([unwritten, onDisk]) => {
      now = { unwritten: unwritten * mib, onDisk: now.onDisk + onDisk * mib };
      at += 500;
      said = undefined;
      look();
      return said === undefined ? "-" : said ? "H" : "c";
    })
    .join("");
};

test("a flood of writes is told at every look, also when it is slowed down, and its end once", () => {
  const flood = [0, 500, 1500, 1900].map((unwritten) => [unwritten, 0] as const);
  const saturated = [1900, 1850, 1900].map((unwritten) => [unwritten, 1200] as const);
  const slowed = [1950, 1900, 1700].map((unwritten) => [unwritten, 250] as const);
  // What is left is written later: it is more on the disk, and as much less here.
  const over = [[1700, 0] as const, [1300, 400] as const, [0, 1300] as const];
  assert.equal(looksOf([...flood, ...saturated, ...slowed, ...over]), "-HHHHHHHHHHc-");
});

test("what was there before the first look, an installation, and what others write are none", () => {
  const installation = Array.from({ length: 10 }, (_, n) => [900 + n * 60, 40] as const);
  const others = Array.from({ length: 10 }, () => [1500, 1200] as const);
  assert.equal(looksOf([[900, 0], ...installation, ...others]), "-".repeat(21));
});

test("both are read where the kernel counts writers together, and nowhere else", async () => {
  const root = await mkdtemp(join(tmpdir(), "atelier-writing-"));
  try {
    const folders = { cgroup: root, proc: root };
    assert.equal(readWrites(folders), undefined);
    await mkdir(join(root, "memory"));
    await writeFile(join(root, "memory/memory.stat"), "cache 9\ndirty 4096\nwriteback 8192\ntotal_dirty 1\n");
    assert.deepEqual(readWrites(folders), { unwritten: 12_288, onDisk: 0 });
    await writeFile(
      join(root, "diskstats"),
      "   7       0 loop0 0 0 0 0 0 0 0 0 0 0 0\n 254       0 vda 310109 29508 7487274 46641 548020 494532 100 963753 0 62916\n",
    );
    assert.deepEqual(readWrites(folders), { unwritten: 12_288, onDisk: 51_200 });
  } finally {
    await rm(root, { recursive: true });
  }
});

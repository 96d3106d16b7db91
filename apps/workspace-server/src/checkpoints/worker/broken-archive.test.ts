import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { applyArchive } from "./apply-archive.ts";
import { compareWithArchive } from "./compare-with-archive.ts";

/** Ways in which an archive fails, each with what is heard of it. */
const broken: readonly (readonly [how: string, archive: () => Readable, heard: RegExp])[] = [
  ["its source fails", () => new PassThrough().destroy(new Error("the pipe broke")), /the pipe broke/],
  ["it is none", () => Readable.from([Buffer.alloc(1024, "x")]), /Invalid tar header/],
  ["it ends too soon", () => Readable.from([Buffer.alloc(100)]), /Unexpected end of data/],
];

for (const [how, archive, heard] of broken)
  test(`an archive of saved files is refused and not waited for when ${how}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "atelier-broken-archive-"));
    try {
      await assert.rejects(compareWithArchive(archive(), []), heard);
      await assert.rejects(applyArchive(archive(), { roots: [folder], apply: new Set(), remove: [] }), heard);
      assert.deepEqual(await readdir(folder), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { packFiles, readPacking } from "../chain/packed-files.ts";
import { makeTar, type TarEntry } from "./make-tar.ts";
import { bytesOfSource, type SourceFile } from "./source-file.ts";

const students = { uid: 1000, gid: 1000, folders: [] };
const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** What becomes of a file after it was looked at, and what is said of it. */
const cases: readonly (readonly [what: string, after: (file: string) => Promise<void>, said: RegExp | undefined])[] = [
  ["stays as it is", async () => undefined, undefined],
  ["is renamed", (file) => rm(file), /cannot be read any more \(ENOENT\)/],
  ["grows", (file) => writeFile(file, "looked at, and more"), /was changed/],
  ["shrinks", (file) => writeFile(file, "look"), /was changed/],
  ["says something else as long", (file) => writeFile(file, "looked up"), /was changed/],
];

for (const [what, after, said] of cases)
  test(`a source that ${what} after it was looked at ${said ? "gets into no layer" : "is taken"}, with either builder`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "atelier-source-"));
    try {
      const file = join(folder, "big");
      await writeFile(file, "looked at");
      const content: SourceFile = { file, size: 9, digest: digestOf("looked at") };
      const entries: readonly TarEntry[] = [
        { name: "big", type: "file", mode: 0o644, uid: 0, gid: 0, content },
        { name: "small", type: "file", mode: 0o644, uid: 0, gid: 0, content: "behind it" },
      ];
      await after(file);
      const pack = join(folder, "pack");
      const takes = [() => buffer(makeTar(entries)), () => packFiles(pack, entries, students)];
      if (said) for (const take of takes) await assert.rejects(take, { code: "source-changed", message: said });
      else {
        for (const take of takes) await take();
        const { offset } = await readPacking(pack);
        assert.equal((await readFile(pack, "utf8")).slice(offset), "looked atbehind it");
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

test("a failure of whoever takes the bytes is theirs, and no change of the source", async () => {
  const bytes = bytesOfSource({ file: "/bin/sh", size: (await stat("/bin/sh")).size });
  await bytes.next();
  await assert.rejects(bytes.throw(new Error("no space left")), /^Error: no space left$/);
});

import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { digestOfFiles } from "./digest-of-files.ts";

const digestOf = async (
  files: Readonly<Record<string, string>>,
  isLeftOut?: (name: string) => boolean,
): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-digest-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
      await utimes(join(folder, path), Math.random() * 1e9, 1);
    }
    return await digestOfFiles(folder, ["."], isLeftOut);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test("equal files make equal digests, wherever they lie and in whatever order they came", async () => {
  assert.equal(await digestOf({ "b/c": "2", a: "1" }), await digestOf({ a: "1", "b/c": "2" }));
});

test("names, contents and their borders all count", async () => {
  const variants = [
    { a: "1", b: "2" },
    { a: "1", b: "3" },
    { a: "1", c: "2" },
    { a: "12", b: "" },
    { "x/a": "1", b: "2" },
    { a: "1" },
    {},
  ];
  assert.equal(new Set(await Promise.all(variants.map((files) => digestOf(files)))).size, variants.length);
});

test("what is left out counts for nothing", async () => {
  const isLeftOut = (name: string): boolean => name === "dist" || name.includes(".test.");
  assert.equal(
    await digestOf({ a: "1", "dist/x": "built", "a.test.ts": "test" }, isLeftOut),
    await digestOf({ a: "1" }, isLeftOut),
  );
});

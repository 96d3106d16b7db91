import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { digestFileOf, ensureAppBundle } from "./app-bundle.ts";
import { digestOfFiles } from "./digest-of-files.ts";

test("a ready bundle goes by the digest written beside it, and by its own where none is", async () => {
  const root = await mkdtemp(join(tmpdir(), "atelier-bundle-"));
  try {
    const folder = join(root, "app");
    await mkdir(join(folder, "server"), { recursive: true });
    await writeFile(join(folder, "server/main.mjs"), "1");
    const digest = async (): Promise<string> => (await ensureAppBundle({ ATELIER_APP_BUNDLE: folder })).digest;
    const own = await digestOfFiles(folder, ["."]);
    assert.equal(await digest(), own);
    await writeFile(digestFileOf(folder), "torn");
    assert.equal(await digest(), own);
    await writeFile(digestFileOf(folder), "a".repeat(64));
    assert.equal(await digest(), "a".repeat(64));
  } finally {
    await rm(root, { recursive: true });
  }
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { removeDeadDrafts, temporaryFolder } from "./process-drafts.ts";

test("what a killed build left is removed, what a living one has and what is no draft stays", async () => {
  const own = await temporaryFolder("build");
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const left = join(tmpdir(), `atelier-build-${dead}-abcdef`);
  const cache = await mkdtemp(join(tmpdir(), "atelier-drafts-test-"));
  const archive = `ground-${"a".repeat(24)}.tar`;
  try {
    await mkdir(join(left, "packs"), { recursive: true });
    for (const name of [archive, `${archive}.used`, `${archive}.${dead}`, `${archive}.${process.pid}`])
      await writeFile(join(cache, name), "");
    await writeFile(join(cache, `notes.${dead}`), "");
    await removeDeadDrafts(cache);
    const names = await readdir(tmpdir());
    assert.deepEqual([names.includes(basename(left)), names.includes(basename(own))], [false, true]);
    assert.deepEqual(
      (await readdir(cache)).sort(),
      [archive, `${archive}.used`, `${archive}.${process.pid}`, `notes.${dead}`].sort(),
    );
    await removeDeadDrafts(join(cache, "not-there"));
  } finally {
    for (const folder of [own, left, cache]) await rm(folder, { recursive: true, force: true });
  }
});

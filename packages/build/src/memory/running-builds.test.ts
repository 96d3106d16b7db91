import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { markBuild, runningBuilds } from "./running-builds.ts";

test("a build is known to run until it ends, and not when it was killed", () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-builds-"));
  try {
    assert.deepEqual(runningBuilds(folder), []);
    {
      using _build = markBuild(folder);
      // No process has this number: it is above what Linux hands out.
      writeFileSync(join(folder, "building/4194999"), "");
      assert.deepEqual(runningBuilds(folder), [process.pid]);
    }
    assert.deepEqual(runningBuilds(folder), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { BuildRecord } from "@atelier/domain";
import { openStateDirectory, type StateDirectory } from "./state-directory.ts";

const recordOf = (version: string): BuildRecord => ({
  v: 1,
  workshop: "lab",
  version,
  title: "Lab",
  image: "lab",
  navigation: "linear",
  next: "swap",
  platformContract: 1,
  planDigest: version,
  steps: [],
  services: [],
  requirements: [],
});

const withState = (run: (state: StateDirectory) => void): void => {
  const path = mkdtempSync(join(tmpdir(), "atelier-state-"));
  try {
    run(openStateDirectory(path));
  } finally {
    rmSync(path, { recursive: true });
  }
};

const listed = (state: StateDirectory): readonly string[] =>
  state.listRecords().map(({ record, isBrought }) => `${record.version}${isBrought ? " brought" : ""}`);

test("a record that is saved for an earlier time does not become the newest", () => {
  withState((state) => {
    const now = Date.now();
    state.saveRecord(recordOf("old"), { savedAt: now - 5000 });
    state.saveRecord(recordOf("new"), { savedAt: now });
    state.saveRecord(recordOf("noted"), { savedAt: now - 4999 });
    assert.deepEqual(listed(state), ["new", "noted", "old"]);
  });
});

test("what was brought is told from what was built, and building it makes it ours", () => {
  withState((state) => {
    const now = Date.now();
    const digest = state.saveRecord(recordOf("bundle"), { isBrought: true, savedAt: now - 3000 });
    state.saveRecord(recordOf("built"), { savedAt: now - 2000 });
    assert.deepEqual(listed(state), ["built", "bundle brought"]);
    // A bundle of what was built here changes nothing, not even its age.
    state.saveRecord(recordOf("built"), { isBrought: true });
    state.saveRecord(recordOf("bundle"), { isBrought: true, savedAt: now - 1000 });
    assert.deepEqual(listed(state), ["bundle brought", "built"]);
    state.saveRecord(recordOf("bundle"));
    assert.deepEqual(listed(state), ["bundle", "built"]);
    state.removeRecord(digest);
    state.saveRecord(recordOf("bundle"), { isBrought: true, savedAt: now - 3000 });
    assert.deepEqual(listed(state), ["built", "bundle brought"]);
  });
});

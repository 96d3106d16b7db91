import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openStateDirectory } from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import { notePushes } from "./note-pushes.ts";
import { recordForTests } from "../testing/build-record.ts";

type Pushes = BuildRecord["steps"][number]["images"][number]["pushed"];

const recordOf = (id: string, pushed: Pushes = []): BuildRecord =>
  recordForTests({
    planDigest: id,
    steps: [{ step: "start", tag: id, images: [{ platform: "linux/amd64", configDigest: id, layers: [], pushed }] }],
  });

const place = (repository: string, manifestDigest: string) => ({ repository, manifestDigest });

test("a push is noted where its images are known and makes no build the newest", () => {
  const path = mkdtempSync(join(tmpdir(), "atelier-pushes-"));
  try {
    const state = openStateDirectory(path);
    const now = Date.now();
    state.saveRecord(recordOf("yesterday's", [place("a.test/lab", "m0"), place("b.test/lab", "m1")]), {
      savedAt: now - 9000,
    });
    state.saveRecord(recordOf("today's"), { savedAt: now });
    const pushed = recordOf("yesterday's", [place("a.test/lab", "m2")]);
    notePushes(state, pushed);
    const seen = (): readonly unknown[] =>
      state.listRecords().map(({ record }) => [record.planDigest, record.steps[0]?.images[0]?.pushed]);
    const expected = [
      ["today's", []],
      ["yesterday's", [place("b.test/lab", "m1"), place("a.test/lab", "m2")]],
      ["yesterday's", [place("a.test/lab", "m0"), place("b.test/lab", "m1")]],
    ];
    assert.deepEqual(seen(), expected);
    // The same push once more, and one of what was never here, say nothing new.
    notePushes(state, pushed);
    notePushes(state, recordOf("elsewhere", [place("a.test/lab", "m3")]));
    assert.deepEqual(seen(), expected);
  } finally {
    rmSync(path, { recursive: true });
  }
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { limitFiles } from "../testing/limit-files.ts";
import { openEventLog } from "./open-event-log.ts";

test("whoever listens is told in the order of the numbers, also that nothing can be written", () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-events-"));
  try {
    using events = openEventLog(folder, () => new Date(0));
    const told: string[] = [];
    events.subscribe(({ seq, type }) => told.push(`${seq} ${type}`));
    limitFiles(10);
    try {
      events.append({ type: "step-completed", step: "one", how: "self" });
    } finally {
      limitFiles("unlimited");
    }
    events.append({ type: "step-solved", step: "two" });
    assert.deepEqual(told, ["1 step-completed", "2 storage-failed", "3 step-solved", "4 storage-recovered"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

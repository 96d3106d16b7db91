import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivalLine } from "./arrival-line.ts";
import { applyEvent, emptyHistory, type History } from "./progress.ts";

const base = { v: 1, seq: 1, ts: "2026-01-01T00:00:00Z" } as const;
const historyOf = (...events: readonly Record<string, unknown>[]): History => {
  const history = emptyHistory();
  for (const event of events) applyEvent(history, { ...base, ...event } as Parameters<typeof applyEvent>[1]);
  return history;
};
const started = { type: "server-started", workspaceId: "w", step: "one", planDigest: "", version: "1" };

test("the line of a swap says what came along, what did not, and how many files are the step's", () => {
  const left = { type: "released", reason: "next", checkpoint: "c1", image: "start", jobs: ["vim", "sleep"] };
  const restored = {
    type: "restored",
    checkpoint: "c1",
    kind: "carry-over",
    files: 3,
    removed: 0,
    replaced: ["/a"],
    skipped: [],
  };
  assert.equal(
    arrivalLine(historyOf(left, started, restored)),
    "On to the next step; your files came along; 1 of them has the step's version, yours is kept. Not along: running programs (vim, sleep), exported variables.",
  );
  assert.match(
    arrivalLine(historyOf({ ...left, reason: "reset", jobs: [] }, started)) ?? "",
    /^The step begins again: a clean/,
  );
  assert.equal(arrivalLine(historyOf(started)), undefined);
});

test("undo leads to what the last swap left; a stop and a container that comes back change nothing of that", () => {
  const left = { type: "released", reason: "goto", checkpoint: "c1", image: "start" };
  const stop = { type: "released", reason: "stop", checkpoint: "c2", image: "one" };
  const { undo } = historyOf(left, started, stop, started);
  assert.deepEqual(undo, { reason: "goto", checkpoint: "c1", image: "start", jobs: [], at: base.ts });
});

test("a step that was solved stays solved, also where an earlier server went on and called it passed", () => {
  const solved = { type: "step-solved", step: "one" };
  const passed = { type: "step-completed", step: "one", how: "checked" };
  const after = historyOf(solved, passed);
  assert.deepEqual([[...after.solved], [...after.passed]], [["one"], []]);
  const before = historyOf(passed, solved);
  assert.deepEqual([[...before.solved], [...before.passed]], [["one"], ["one"]], "what was passed before was passed");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { arrivalLine } from "./arrival-line.ts";
import { lostNotice } from "./lost-notice.ts";
import { applyEvent, emptyHistory, type History } from "./progress.ts";

const base = { v: 1, seq: 1, ts: "2026-01-01T00:00:00Z" } as const;
const historyOf = (...events: readonly Record<string, unknown>[]): History => {
  const history = emptyHistory();
  for (const event of events) applyEvent(history, { ...base, ...event } as Parameters<typeof applyEvent>[1]);
  return history;
};
const roots = ["/home/student", "/srv/app"];
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
    arrivalLine(historyOf(left, started, restored), roots),
    "On to the next step; your files came along; 1 of them has the step's version, yours is kept. Not along: what you changed outside /home/student and /srv/app, running programs (vim, sleep), exported variables.",
  );
  assert.match(
    arrivalLine(historyOf({ ...left, reason: "reset", jobs: [] }, started), roots) ?? "",
    /^The step begins again: a clean/,
  );
  assert.match(
    arrivalLine(historyOf(left, started, { ...restored, kind: "exact", replaced: [] }), roots) ?? "",
    /^The move failed: you are where you were, .* Not along: what you changed outside/,
  );
  const same = historyOf({ ...left, reason: "restore" }, started, { ...restored, kind: "exact", replaced: [] });
  assert.match(arrivalLine(same, roots) ?? "", /^Your files are as they were saved/, "nothing had changed since");
  assert.equal(arrivalLine(historyOf(started), roots), undefined);
});

test("who gets another container without having left theirs reads what is back and what is not, until they move", () => {
  const on = (layer: number) => ({ ...started, layer });
  const saved = { type: "checkpoint", id: "c1", files: 1, bytes: 1, skipped: [] };
  const restored = {
    type: "restored",
    checkpoint: "c1",
    kind: "exact",
    files: 1,
    removed: 0,
    replaced: [],
    skipped: [],
  };
  const told = (minutes: number, ...events: readonly Record<string, unknown>[]): readonly string[] =>
    lostNotice(historyOf(...events), { roots, now: new Date(Date.parse(base.ts) + minutes * 60_000) }).map(
      ({ cause, remedy }) => `${cause} ${remedy}`,
    );
  const lost = [on(1), saved, on(2), restored];
  assert.deepEqual(told(1, ...lost), [
    "The container that you worked in is gone; this is another one. What you had in /home/student and /srv/app is back as it was saved last. Not back: what you changed outside /home/student and /srv/app (installed packages, files in /tmp or /etc, for example), running programs and exported variables.",
  ]);
  assert.equal(
    arrivalLine(historyOf(...lost), roots),
    "The container before is gone, this is another one; /home/student and /srv/app are back as saved last. Not along: what you changed outside /home/student and /srv/app, running programs, exported variables.",
  );
  assert.match(told(1, on(1), on(2))[0] ?? "", /Nothing of yours had been saved/);
  assert.deepEqual(told(11, ...lost), []);
  const left = { type: "released", reason: "next", checkpoint: "c1", image: "one" };
  const stop = { ...left, reason: "stop" };
  assert.equal(told(1, ...lost, stop, on(2)).length, 1, "a stop leaves nothing");
  assert.equal(told(1, on(1), stop, on(2)).length, 1, "the container of a stopped workspace can be lost as well");
  for (const [how, events] of Object.entries({
    "it is the first": [on(1)],
    "it comes back": [on(1), saved, on(1)],
    "it was left": [on(1), left, on(2)],
    "it was left later": [...lost, left, on(3)],
    "an earlier server did not say": [started, on(2)],
  }))
    assert.deepEqual(told(1, ...events), [], how);
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

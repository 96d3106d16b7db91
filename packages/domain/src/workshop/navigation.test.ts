import assert from "node:assert/strict";
import { test } from "node:test";
import { type NavigableStep, nextLockedReason, nextStep, type Progress, standings } from "./navigation.ts";
import type { Navigation } from "./workshop.ts";

const step = (id: string, group?: string, requires: string[] = []): NavigableStep => ({
  id,
  title: id.toUpperCase(),
  requires,
  ...(group ? { group } : {}),
});
const progress = (passed: string[], solved: string[] = []): Progress => ({
  passed: new Set(passed),
  completed: new Set(),
  solved: new Set(solved),
});
const reasons = (navigation: Navigation, steps: NavigableStep[], done: Progress): unknown[] =>
  standings(navigation, steps, done).map(({ isDone, lockedReason }) => (isDone ? true : (lockedReason ?? null)));

const abc = [step("a"), step("b"), step("c")];

test("linear opens one after the other; a solved step counts as behind", () => {
  assert.deepEqual(reasons("linear", abc, progress([])), [null, "Finish “A” first.", "Finish “A” first."]);
  assert.deepEqual(reasons("linear", abc, progress(["a"])), [true, null, "Finish “B” first."]);
  assert.deepEqual(reasons("linear", abc, progress(["a"], ["b"])), [true, true, null]);
  assert.deepEqual(reasons("linear", abc, progress(["c"])), [null, "Finish “A” first.", true]);
});

test("free opens everything", () => {
  assert.deepEqual(reasons("free", abc, progress([])), [null, null, null]);
});

test("guided opens groups in order and honours requires across groups", () => {
  const steps = [step("a", "Basics"), step("b", "Basics"), step("c", "More", ["a"]), step("d", "Extra", ["b", "c"])];
  assert.deepEqual(reasons("guided", steps, progress([])), [null, null, "Needs “A”.", "Needs “B” and “C”."]);
  assert.deepEqual(reasons("guided", steps, progress(["a"])), [
    true,
    null,
    "Opens when the part “Basics” is finished.",
    "Needs “B” and “C”.",
  ]);
  assert.deepEqual(reasons("guided", steps, progress(["a", "b"])), [true, true, null, "Needs “C”."]);
});

test("next is the first open step after this one, around the end when one was left out", () => {
  const at = (done: string[], from?: string): string | undefined =>
    nextStep(abc, standings("free", abc, progress(done)), from);
  assert.equal(at([], undefined), "a");
  assert.equal(at(["a"], "a"), "b");
  assert.equal(at(["b", "c"], "c"), "a");
  assert.equal(at(["a", "b", "c"], "b"), "c");
  assert.equal(at(["a", "b", "c"], "c"), undefined);
});

test("one goes on from a step that is done, or to one that is open anyway", () => {
  const all = (navigation: Navigation, steps: NavigableStep[], done: Progress): unknown[] =>
    steps.map(({ id }) => nextLockedReason({ navigation, steps, progress: done }, id) ?? null);
  assert.deepEqual(all("linear", abc, progress([])), ["Finish “A” first.", "Finish “B” first.", "Finish “C” first."]);
  assert.deepEqual(all("linear", abc, progress(["a"], ["b"])), [null, null, "Finish “C” first."]);
  assert.deepEqual(all("free", abc, progress([])), [null, null, null]);
  const groups = [step("a", "Basics"), step("b", "Basics"), step("c", "More"), step("d", "More", ["a"])];
  const closed = "Opens when the part “Basics” is finished.";
  assert.deepEqual(all("guided", groups, progress([])), [null, closed, "Needs “A”.", null]);
  assert.deepEqual(all("guided", groups, progress(["a", "b"])), [null, null, null, null]);
});

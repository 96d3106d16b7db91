import assert from "node:assert/strict";
import { test } from "node:test";
import { bootPhases, stepStateSchema } from "@atelier/contract";
import { en } from "./en.ts";

const leaves = (value: unknown, path: string): { path: string; value: unknown }[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, child]) => leaves(child, `${path}.${key}`))
    : [{ path, value }];

test("every string says something and none has stray blanks", () => {
  for (const { path, value } of leaves(en, "en")) {
    if (typeof value === "function") continue;
    assert.equal(typeof value, "string", path);
    assert.match(String(value), /^\S(.*\S)?$/s, path);
  }
});

test("numbers agree with their words", () => {
  assert.deepEqual(
    [
      en.check.announceFailed(1, 1),
      en.check.announceFailed(2, 3),
      en.header.progress(0, 1),
      en.finish.open(1),
      en.finish.open(2),
    ],
    [
      "1 of 1 check not there yet.",
      "2 of 3 checks not there yet.",
      "0 of 1 step done",
      "1 step is still open.",
      "2 steps are still open.",
    ],
  );
});

test("durations are told in hours and minutes", () => {
  assert.deepEqual([20, 60, 900, 3600, 5400].map(en.duration), ["1 min", "1 min", "15 min", "1 h", "1 h 30 min"]);
});

test("every state of a step and every phase of the start has a word", () => {
  assert.deepEqual(Object.keys(en.steps.state).sort(), [...stepStateSchema.options].sort());
  assert.deepEqual(Object.keys(en.boot.phase).sort(), [...bootPhases].sort());
});

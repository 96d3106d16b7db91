import assert from "node:assert/strict";
import { test } from "node:test";
import { lifecycleAction } from "./deadline.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const now = 1_000 * minute;
const running = { state: "running", now } as const;

test("a workspace without a TTL runs on", () => {
  assert.deepEqual(lifecycleAction(running), { kind: "none" });
});
test("the end of the TTL warns first and then stops", () => {
  assert.deepEqual(lifecycleAction({ ...running, deadline: now + 30 * minute }), { kind: "none" });
  assert.deepEqual(lifecycleAction({ ...running, deadline: now + 9.5 * minute }), {
    kind: "warn",
    minutesLeft: 10,
  });
  assert.deepEqual(lifecycleAction({ ...running, deadline: now - 1 }), { kind: "stop" });
});
test("after the machine slept over the deadline ten minutes remain", () => {
  const slept = { ...running, hasSlept: true };
  assert.deepEqual(lifecycleAction({ ...slept, deadline: now - 300 * minute }), {
    kind: "extend",
    deadline: now + 10 * minute,
  });
  assert.deepEqual(lifecycleAction({ ...slept, deadline: now + 60 * minute }), { kind: "none" });
});
test("a supervisor that starts fresh stops what is over, since nobody slept in front of it", () => {
  assert.deepEqual(lifecycleAction({ ...running, deadline: now - 1 }), { kind: "stop" });
});
test("a stopped one is announced a day before it goes", () => {
  const stopped = { state: "stopped", now, retain: 7 * day } as const;
  assert.deepEqual(lifecycleAction({ ...stopped, stoppedAt: now - day }), { kind: "none" });
  const atSixAndAHalf = { ...stopped, stoppedAt: now - 6.5 * day };
  assert.deepEqual(lifecycleAction({ ...atSixAndAHalf, announcedAt: now - 0.5 * day }), {
    kind: "announce-deletion",
    at: now + 0.5 * day,
  });
  assert.deepEqual(lifecycleAction({ ...stopped, stoppedAt: now - 7 * day, announcedAt: now - day }), {
    kind: "delete",
  });
});
test("one that nobody announced in time is kept a day longer, or as long again as it is kept at all", () => {
  const over = { state: "stopped", now, stoppedAt: now - 30 * day } as const;
  assert.deepEqual(lifecycleAction({ ...over, retain: 7 * day }), { kind: "announce-deletion", at: now + day });
  assert.deepEqual(lifecycleAction({ ...over, retain: 7 * day, announcedAt: now - 23 * 60 * minute }), {
    kind: "announce-deletion",
    at: now + 60 * minute,
  });
  assert.deepEqual(lifecycleAction({ ...over, retain: 60 * minute }), {
    kind: "announce-deletion",
    at: now + 60 * minute,
  });
});
test("nothing is deleted by a supervisor that has just come: a command may be about to name it", () => {
  const over = {
    state: "stopped",
    now,
    stoppedAt: now - 30 * day,
    retain: 7 * day,
    announcedAt: now - 9 * day,
  } as const;
  assert.deepEqual(lifecycleAction({ ...over, watchedSince: now }), {
    kind: "announce-deletion",
    at: now + 5 * minute,
  });
  assert.deepEqual(lifecycleAction({ ...over, watchedSince: now - 5 * minute }), { kind: "delete" });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { lifecycleAction } from "./deadline.ts";

const minute = 60_000;
const now = 1_000 * minute;
const running = { state: "running", now } as const;

test("a workspace without a TTL runs on", () => {
  assert.deepEqual(lifecycleAction(running), { kind: "none" });
});
test("the end of the TTL warns first and then stops", () => {
  assert.deepEqual(lifecycleAction({ ...running, deadline: now + 30 * minute }), { kind: "none" });
  assert.deepEqual(lifecycleAction({ ...running, deadline: now + 9.5 * minute, lastSeen: now - minute }), {
    kind: "warn",
    minutesLeft: 10,
  });
  assert.deepEqual(lifecycleAction({ ...running, deadline: now - 1, lastSeen: now - minute }), { kind: "stop" });
});
test("after the machine slept over the deadline ten minutes remain", () => {
  const slept = { ...running, lastSeen: now - 600 * minute };
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
  const stopped = { state: "stopped", now, retain: 7 * 24 * 60 * minute } as const;
  const day = 24 * 60 * minute;
  assert.deepEqual(lifecycleAction({ ...stopped, stoppedAt: now - day }), { kind: "none" });
  assert.deepEqual(lifecycleAction({ ...stopped, stoppedAt: now - 6.5 * day }), {
    kind: "announce-deletion",
    at: now + 0.5 * day,
  });
  assert.deepEqual(lifecycleAction({ ...stopped, stoppedAt: now - 7 * day }), { kind: "delete" });
});

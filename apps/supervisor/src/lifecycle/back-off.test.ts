import assert from "node:assert/strict";
import { test } from "node:test";
import { createBackOff } from "./back-off.ts";

test("who fails again waits twice as long, at most the longest; who succeeds starts anew, and others are not concerned", () => {
  const clock = { now: 1_000 };
  const backOff = createBackOff({ now: () => clock.now, firstMs: 100, longestMs: 300 });
  assert.equal(backOff.isWaiting("a"), false);
  assert.deepEqual([backOff.failed("a"), backOff.failed("a"), backOff.failed("a")], [100, 200, 300]);
  assert.deepEqual([backOff.isWaiting("a"), backOff.isWaiting("b")], [true, false]);
  clock.now += 300;
  assert.equal(backOff.isWaiting("a"), false);
  backOff.succeeded("a");
  assert.equal(backOff.failed("a"), 100);
});

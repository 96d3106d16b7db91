import assert from "node:assert/strict";
import { test } from "node:test";
import { openUnseenSleep } from "./unseen-sleep.ts";

const hour = 3_600_000;

test("what the machine slept since the last look of any supervisor is known to the next one, and written once", () => {
  let asleep = 5 * hour;
  const written: number[] = [];
  const open = () =>
    openUnseenSleep({
      asleepMs: () => asleep,
      state: { readAsleep: () => written.at(-1), saveAsleep: (ms) => written.push(ms) },
    });
  const first = open();
  assert.equal(first.hasSlept, false, "nobody knows since when");
  first.seen();
  asleep += 8 * hour;
  // It looked again after that sleep, and noticed it by itself.
  first.seen();
  asleep += 400;
  first.seen();
  assert.deepEqual(written, [5 * hour, 13 * hour]);
  assert.equal(open().hasSlept, false);
  asleep += 8 * hour;
  assert.equal(open().hasSlept, true);
  // A machine that was started anew counts from its own beginning.
  asleep = 0;
  assert.equal(open().hasSlept, false);
});

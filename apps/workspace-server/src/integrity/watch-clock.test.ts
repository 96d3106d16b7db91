import assert from "node:assert/strict";
import { test } from "node:test";
import { createClockWatch, machineUptime } from "./watch-clock.ts";

/** Looks once a second; each entry is what the wall clock does beyond that second. */
const jumpsOf = (wall: readonly number[]): readonly number[] => {
  let uptime = 1000;
  let time = 1_700_000_000;
  const jumps: number[] = [];
  const look = createClockWatch({
    now: () => new Date(time * 1000),
    uptime: () => uptime,
    onJump: (seconds) => jumps.push(seconds),
  });
  for (const extra of wall) {
    uptime += 1;
    time += 1 + extra;
    look();
  }
  return jumps;
};

test("a clock that runs, drifts or is slewed makes no event", () => {
  assert.deepEqual(jumpsOf(Array.from({ length: 500 }, (_, index) => (index % 2 === 0 ? 0.5 : -0.1))), []);
});

test("every set of the clock is told once, with direction and size", () => {
  assert.deepEqual(jumpsOf([0, 3600, 0, 0, -86_400, 0, 2.5, 0]), [3600, -86_400, 2.5]);
});

test("a machine that slept has not jumped: both clocks went on", () => {
  let asleep = 0;
  const jumps: number[] = [];
  const look = createClockWatch({
    now: () => new Date((5000 + asleep) * 1000),
    uptime: () => 10 + asleep,
    onJump: (seconds) => jumps.push(seconds),
  });
  asleep = 8 * 3600;
  look();
  assert.deepEqual(jumps, []);
});

test("the machine's own clock goes forward", () => {
  const before = machineUptime();
  assert.ok(before > 0 && machineUptime() >= before);
});

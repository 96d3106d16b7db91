import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConnectionClock, type DialEvents, keepConnected } from "./keep-connected.ts";

const play = () => {
  const calls: DialEvents[] = [];
  const phases: string[] = [];
  const waits: { ms: number; run: () => void; cancelled: boolean }[] = [];
  let wake = (): void => {};
  let hungUp = 0;
  const clock: ConnectionClock = {
    now: () => 1000,
    random: () => 0.5,
    after: (ms, run) => {
      const wait = { ms, run, cancelled: false };
      waits.push(wait);
      return () => {
        wait.cancelled = true;
      };
    },
    onWake: (listener) => {
      wake = listener;
      return () => {
        wake = () => {};
      };
    },
  };
  const kept = keepConnected(
    (events) => {
      calls.push(events);
      return () => {
        hungUp++;
      };
    },
    clock,
    (state) => phases.push(state.phase),
  );
  return { kept, calls, phases, waits, wake: () => wake(), hungUp: () => hungUp };
};

test("a lost connection is dialled again after the wait", () => {
  const { calls, phases, waits } = play();
  calls[0]?.opened();
  calls[0]?.lost();
  assert.deepEqual([calls.length, waits[0]?.ms], [1, 500]);
  waits[0]?.run();
  assert.equal(calls.length, 2);
  assert.deepEqual(phases, ["live", "waiting", "connecting"]);
});

test("going online cuts the wait short and cancels its timer", () => {
  const { calls, waits, wake } = play();
  calls[0]?.lost();
  wake();
  assert.deepEqual([calls.length, waits[0]?.cancelled], [2, true]);
});

test("what an abandoned connection still reports is not heard", () => {
  const { kept, calls, phases } = play();
  calls[0]?.lost();
  calls[0]?.opened();
  assert.equal(kept.state().phase, "waiting");
  assert.deepEqual(phases, ["waiting"]);
});

test("closing hangs up and nothing is dialled any more", () => {
  const { kept, calls, wake, hungUp } = play();
  kept.close();
  calls[0]?.lost();
  wake();
  assert.deepEqual([hungUp(), calls.length, kept.state().phase], [1, 1, "closed"]);
});

test("dropping hangs up and tries again by itself", () => {
  const { kept, calls, waits, hungUp } = play();
  calls[0]?.opened();
  kept.drop();
  waits[0]?.run();
  assert.deepEqual([hungUp(), calls.length], [1, 2]);
});

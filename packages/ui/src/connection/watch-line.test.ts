import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectionClock } from "./keep-connected.ts";
import { patience, watchLine } from "./watch-line.ts";

/** A clock that is turned by hand; while it `sleeps` no timer runs. */
const play = () => {
  let now = 1_000_000;
  let timers: { at: number; run: () => void }[] = [];
  let wake = (): void => {};
  const told: string[] = [];
  const clock: ConnectionClock = {
    now: () => now,
    random: () => 0.5,
    after: (ms, run) => {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    onWake: (listener) => {
      wake = listener;
      return () => {
        wake = () => {};
      };
    },
  };
  const pass = (ms: number): void => {
    const until = now + ms;
    for (;;) {
      const [next] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      timers = timers.filter((each) => each !== next);
      now = Math.max(now, next.at);
      next.run();
    }
    now = until;
  };
  const line = watchLine({ clock, ask: () => told.push("ask"), onDead: () => told.push("dead") });
  return {
    line,
    told,
    pass,
    wake: () => wake(),
    sleep: (ms: number): void => {
      now += ms;
    },
    timers: () => timers.length,
  };
};

test("who is silent is asked, and given up without an answer", () => {
  const { told, pass, timers } = play();
  pass(patience.silence - 1);
  assert.deepEqual(told, []);
  pass(1);
  assert.deepEqual(told, ["ask"]);
  pass(patience.answer);
  assert.deepEqual(told, ["ask", "dead"]);
  pass(1_000_000);
  assert.deepEqual([told.length, timers()], [2, 0]);
});

test("who talks is never asked, and who answers is asked again after a silence only", () => {
  const { line, told, pass } = play();
  for (let round = 0; round < 10; round++) {
    pass(patience.silence / 2);
    line.heard();
  }
  assert.deepEqual(told, []);
  pass(patience.silence);
  pass(patience.answer - 1);
  line.heard();
  pass(patience.silence - 1);
  assert.deepEqual(told, ["ask"]);
  pass(1);
  assert.deepEqual(told, ["ask", "ask"]);
});

test("after a sleep of minutes the line is asked, and dead within seconds of nobody's answer", () => {
  for (const asleepAt of [0, patience.silence - 1, patience.silence + patience.answer - 1]) {
    const { told, pass, sleep } = play();
    pass(asleepAt);
    const before = told.length;
    sleep(10 * 60_000);
    pass(0);
    assert.deepEqual(told.slice(before), ["ask"], `asleep after ${asleepAt}`);
    pass(patience.doubtfulAnswer);
    assert.deepEqual(told.slice(before), ["ask", "dead"], `asleep after ${asleepAt}`);
  }
});

test("after a sleep the answer to the question before it comes late, and is one", () => {
  const { line, told, pass, sleep } = play();
  pass(patience.silence + 1);
  sleep(60_000);
  pass(0);
  line.heard();
  pass(patience.silence - 1);
  assert.deepEqual(told, ["ask", "ask"]);
});

test("a page that comes to the front, and a key that nobody answers, ask at once and once", () => {
  const { line, told, pass, wake } = play();
  wake();
  wake();
  assert.deepEqual(told, ["ask"]);
  line.heard();
  line.expected();
  assert.deepEqual(told, ["ask"]);
  pass(patience.doubtfulAnswer);
  line.expected();
  line.expected();
  assert.deepEqual(told, ["ask", "ask"]);
  pass(patience.doubtfulAnswer);
  assert.deepEqual(told, ["ask", "ask", "dead"]);
});

test("what is closed asks no more", () => {
  const { line, told, pass, wake, timers } = play();
  line.close();
  wake();
  pass(1_000_000);
  assert.deepEqual([told, timers()], [[], 0]);
});

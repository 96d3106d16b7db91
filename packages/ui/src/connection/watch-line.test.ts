import assert from "node:assert/strict";
import { test } from "node:test";
import { turnedByHand } from "../testing/clock-by-hand.ts";
import { patience, watchLine } from "./watch-line.ts";

const play = () => {
  const { clock, ...hand } = turnedByHand();
  const told: string[] = [];
  const line = watchLine({ clock, ask: () => told.push("ask"), onDead: () => told.push("dead") });
  return { ...hand, line, told };
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

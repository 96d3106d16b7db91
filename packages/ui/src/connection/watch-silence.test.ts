import assert from "node:assert/strict";
import { test } from "node:test";
import { turnedByHand } from "../testing/clock-by-hand.ts";
import { watchSilence } from "./watch-silence.ts";

const play = () => {
  const { clock, ...hand } = turnedByHand();
  let dead = 0;
  const watched = watchSilence(clock, { limitMs: 40_000, onDead: () => dead++ });
  return { ...hand, watched, dead: () => dead };
};

test("what speaks is alive; what has been silent for so long is dead, once", () => {
  const { watched, pass, dead, timers } = play();
  for (let round = 0; round < 20; round++) {
    pass(15_000);
    watched.heard();
  }
  pass(39_999);
  assert.equal(dead(), 0);
  pass(1);
  assert.equal(dead(), 1);
  pass(1_000_000);
  assert.deepEqual([dead(), timers()], [1, 0]);
});

test("after a sleep it is dead as soon as the page wakes up; a page that only comes to the front is not", () => {
  const { watched, pass, sleep, wake, dead } = play();
  pass(10_000);
  wake();
  pass(10_000);
  watched.heard();
  wake();
  assert.equal(dead(), 0);
  sleep(600_000);
  wake();
  assert.equal(dead(), 1);
  wake();
  assert.equal(dead(), 1);
});

test("what is closed says nothing", () => {
  const { watched, pass, wake, dead, timers } = play();
  watched.close();
  pass(1_000_000);
  wake();
  assert.deepEqual([dead(), timers()], [0, 0]);
});

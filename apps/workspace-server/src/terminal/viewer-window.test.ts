import assert from "node:assert/strict";
import { test } from "node:test";
import { flowWindow } from "@atelier/contract";
import { ViewerWindow, windowBounds } from "./viewer-window.ts";

/** A viewer that reads so many bytes a millisecond, acknowledged every 10 ms, always with more to read. */
const readSteadily = (window: ViewerWindow, rate: number, from = { at: 0, offset: 0 }): typeof from => {
  let { at, offset } = from;
  window.begins(at, offset);
  for (let ack = 0; ack < 200; ack++) {
    at += 10;
    offset += rate * 10;
    window.isFull();
    window.read(at, { offset, isAll: false });
  }
  return { at, offset };
};

test("a window is what its viewer reads in the round trip and 12 ms, within bounds", () => {
  const windows = [
    { rate: 10_000, roundTrip: 1 },
    { rate: 5000, roundTrip: 40 },
    { rate: 500, roundTrip: 1 },
    { rate: 200_000, roundTrip: 1 },
  ].map(({ rate, roundTrip }) => {
    const window = new ViewerWindow();
    window.answered(roundTrip + 30);
    window.answered(roundTrip);
    readSteadily(window, rate);
    return [window.bytes, window.frameBytes];
  });
  assert.deepEqual(windows, [
    [130_000, 32_500],
    [260_000, 65_000],
    [windowBounds.least, 16_384],
    [windowBounds.most, 65_536],
  ]);
});

test("it follows a viewer that becomes slower and faster again", () => {
  const window = new ViewerWindow();
  window.answered(8);
  const slow = readSteadily(window, 10_000);
  assert.equal(Math.round(window.bytes / 1000), 200);
  const fast = readSteadily(window, 4000, slow);
  assert.equal(Math.round(window.bytes / 1000), 80);
  readSteadily(window, 10_000, fast);
  assert.equal(Math.round(window.bytes / 1000), 200);
});

test("silence, and output that comes slower than it is read, make no window smaller", () => {
  const window = new ViewerWindow();
  window.answered(8);
  const { at, offset } = readSteadily(window, 10_000);
  const before = window.bytes;
  window.begins(at + 60_000, offset);
  for (let key = 1; key < 50; key++) window.read(at + 60_000 + key * 40, { offset: offset + key, isAll: true });
  assert.equal(window.bytes, before);
});

test("who answers more seldom than a small window lasts gets a larger one", () => {
  const window = new ViewerWindow();
  window.answered(1);
  readSteadily(window, 100);
  assert.equal(window.bytes, windowBounds.least);
  const sizes: number[] = [];
  let offset = 1_000_000;
  for (let at = 10_000; at < 11_000; at += 25) {
    window.begins(at, offset);
    window.isFull();
    offset += window.bytes;
    window.read(at + 25, { offset, isAll: true });
    sizes.push(window.bytes);
  }
  assert.equal(sizes.at(-1), flowWindow.high);
});

test("before the round trip is known the window is what it was at the beginning", () => {
  const window = new ViewerWindow();
  readSteadily(window, 100);
  assert.equal(window.bytes, flowWindow.high);
});

test("an interrupt makes room for last words until what was under way is read", () => {
  const window = new ViewerWindow();
  window.interrupts(100_000);
  window.interrupts(150_000);
  assert.deepEqual([window.isInterrupted, window.bytes], [true, flowWindow.high + 64 * 1024]);
  window.read(1, { offset: 99_999, isAll: false });
  assert.equal(window.isInterrupted, true);
  window.read(2, { offset: 100_000, isAll: false });
  assert.deepEqual([window.isInterrupted, window.bytes], [false, flowWindow.high]);
  window.interrupts(300_000);
  window.startsAt(3, 0);
  assert.equal(window.isInterrupted, false, "a snapshot has taken the place of what was under way");
});

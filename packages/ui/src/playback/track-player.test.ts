import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCastEvent, encodeCastHeader } from "@atelier/contract";
import type { TerminalSourceEvent } from "../terminal/terminal-source.ts";
import { readCast } from "./cast-track.ts";
import { createTrackPlayer } from "./track-player.ts";

const track = readCast(
  encodeCastHeader({ width: 80, height: 24 }) +
    encodeCastEvent(1, "o", "a") +
    encodeCastEvent(2, "o", "b") +
    encodeCastEvent(2, "r", "100x30") +
    encodeCastEvent(3, "o", "c") +
    encodeCastEvent(60, "o", "d") +
    encodeCastEvent(61, "o", "e"),
);

/** A player on a screen that takes in what it gets when it is told to, and a clock that only moves by hand. */
const play = ({ isSlow = false } = {}) => {
  const shown: string[] = [];
  const waiting: (() => void)[] = [];
  let now = 0;
  let frame: (() => void) | undefined;
  const player = createTrackPlayer(track, {
    now: () => now,
    frame: (task) => {
      frame = task;
      return () => {
        if (frame === task) frame = undefined;
      };
    },
  });
  const decoder = new TextDecoder();
  const listen = (event: TerminalSourceEvent): void => {
    if (event.type === "snapshot") shown.push(`clear ${event.size.cols}x${event.size.rows}`);
    if (event.type === "size") shown.push(`${event.size.cols}x${event.size.rows}`);
    if (event.type !== "output") return;
    shown.push(decoder.decode(event.bytes));
    if (isSlow) waiting.push(event.consumed);
    else event.consumed();
  };
  const link = player.source.connect({ cols: 1, rows: 1 }, listen);
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    player,
    link,
    settle,
    /** What the screen was told since the last call. */
    told: async () => {
      await settle();
      return shown.splice(0);
    },
    takeIn: () => waiting.shift()?.(),
    pass: (ms: number) => {
      now += ms;
      const task = frame;
      frame = undefined;
      task?.();
    },
    isWaiting: () => frame !== undefined,
  };
};

test("it plays in the recording's time, sizes between what stands around them, and stops at the end", async () => {
  const p = play();
  assert.deepEqual(await p.told(), ["clear 80x24"]);
  p.player.play();
  p.pass(900);
  assert.deepEqual(await p.told(), []);
  p.pass(200);
  assert.deepEqual(await p.told(), ["a"]);
  p.player.setSpeed(2);
  p.pass(1000);
  assert.deepEqual(await p.told(), ["b", "100x30", "c"]);
  assert.deepEqual(p.player.read(), { position: 3.1, isPlaying: true });
  p.player.seek(60.5);
  p.pass(500);
  assert.deepEqual([await p.told(), p.player.read()], [["d", "e"], { position: 61, isPlaying: false }]);
  assert.equal(p.isWaiting(), false);
  p.player.play();
  assert.deepEqual(p.player.read(), { position: 0, isPlaying: true }, "from the end it begins again");
});

test("going back paints again from the beginning, going on only what comes", async () => {
  const p = play();
  p.player.seek(3.5);
  assert.deepEqual(await p.told(), ["clear 80x24", "ab", "100x30", "c"]);
  p.player.seek(60);
  assert.deepEqual(await p.told(), ["d"]);
  p.player.seek(1.5);
  assert.deepEqual(await p.told(), ["clear 80x24", "a"]);
  p.player.seek(-5);
  assert.deepEqual([p.player.read().position, await p.told()], [0, ["clear 80x24"]]);
});

test("a size waits for the output before it, and of several wishes only the last is seen to", async () => {
  const p = play({ isSlow: true });
  p.player.seek(3.5);
  assert.deepEqual(await p.told(), ["clear 80x24", "ab"]);
  p.player.seek(60);
  p.player.seek(1.5);
  assert.deepEqual(await p.told(), []);
  p.takeIn();
  assert.deepEqual(await p.told(), ["clear 80x24", "a"]);
});

test("pauses are cut short on both sides when that is wanted, and never otherwise", async () => {
  const p = play();
  p.player.seek(3);
  p.player.play();
  p.pass(900);
  assert.equal(p.player.read().position, 3.9);
  p.player.setSkipping(true);
  p.pass(100);
  assert.equal(p.player.read().position, 59.2);
  assert.deepEqual(await p.told(), ["clear 80x24", "ab", "100x30", "c"]);
  p.pass(900);
  assert.deepEqual([p.player.read().position.toFixed(1), await p.told()], ["60.1", ["d"]]);
});

test("a page that was in the background goes on where it was, and nothing is painted on a screen that is gone", async () => {
  const p = play();
  p.player.play();
  p.pass(3_600_000);
  assert.equal(p.player.read().position, 1);
  p.player.pause();
  p.pass(1000);
  assert.deepEqual(p.player.read(), { position: 1, isPlaying: false });
  await p.told();
  p.link.close();
  p.player.seek(61);
  assert.deepEqual(await p.told(), []);
});

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type FeedLetter, feedStreams } from "@atelier/contract";
import { openTestFeed, type ReceivedEvent } from "./open-test-feed.ts";

const letters = Object.keys(feedStreams) as FeedLetter[];

/** A small generator of numbers in [0, 1), the same for the same seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

/**
 * Writes to all three files while a client is cut off at random and comes back with the last id it saw,
 * in the middle of an event as often as between two. Every record must have arrived once, in order.
 */
export const reconnectAtRandom = async (count: number, seed: number): Promise<void> => {
  await using feed = await openTestFeed();
  const random = randomFrom(seed);
  const written: Record<FeedLetter, number> = { c: 0, s: 0, l: 0 };
  const got: Record<FeedLetter, number[]> = { c: [], s: [], l: [] };
  const write = (): void => {
    for (let lines = Math.floor(random() * 20); lines > 0; lines--) {
      const letter = letters[Math.floor(random() * 3)] ?? "c";
      const line = `{"v":1,"seq":${++written[letter]},"ts":"t","type":"x","text":"${"é".repeat(random() * 300)}"}\n`;
      // A writer writes a line at once; a torn one comes about when the kernel shows half of it.
      const cut = random() < 0.1 ? Math.floor(random() * line.length) : 0;
      feed.append(letter, line.slice(0, cut));
      feed.append(letter, line.slice(cut));
    }
  };
  const take = (event: ReceivedEvent): void => {
    const letter = ({ command: "c", state: "s", exchange: "l" } as const)[event.type];
    if (letter !== undefined) got[letter].push((JSON.parse(event.data) as { record: { seq: number } }).record.seq);
    else assert.ok(["live", "caught-up"].includes(event.type), `${event.type}: ${event.data}`);
  };
  let lastId: string | undefined;
  for (let round = 0; round < count; round++) {
    const client = feed.connect(lastId, take);
    for (let writes = Math.floor(random() * 4); writes >= 0; writes--) {
      write();
      await sleep(Math.floor(random() * 12));
    }
    await client.cut();
    lastId = client.lastId;
  }
  const last = feed.connect(lastId, take);
  for (const deadline = performance.now() + 30_000; ; await sleep(5)) {
    if (letters.every((letter) => got[letter].length >= written[letter])) break;
    assert.ok(performance.now() < deadline, `seed ${seed}: not everything came: ${JSON.stringify(written)}`);
  }
  await last.cut();
  for (const letter of letters)
    assert.deepEqual(
      got[letter],
      Array.from({ length: written[letter] }, (_, index) => index + 1),
      `seed ${seed}: ${feedStreams[letter]} came with a gap or twice`,
    );
};

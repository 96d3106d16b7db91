import assert from "node:assert/strict";
import { test } from "node:test";
import { firstLikelySafePoint, lastCharacterEnd } from "./safe-points.ts";

test("reading begins after a line, else at a sequence, else at a whole character", () => {
  const cut = Buffer.from("漢字").subarray(1);
  for (const [bytes, from] of [
    [Buffer.from("31mred\nnext"), 7],
    [Buffer.from("31mred\u001b[0m"), 6],
    [cut, 2],
    [Buffer.from("plain"), 0],
    [Buffer.alloc(0), 0],
    // No UTF-8 at all.
    [Buffer.alloc(9, 0x80), 0],
  ] as const)
    assert.equal(firstLikelySafePoint(bytes), from, JSON.stringify(bytes.toString("latin1")));
});

test("the end of the last whole character is found in every piece of a text", () => {
  const text = Buffer.from("aé漢🎉b");
  const ends = [0, 1, 3, 6, 10, 11];
  for (let length = 0; length <= text.length; length++)
    assert.equal(
      lastCharacterEnd(text.subarray(0, length)),
      ends.findLast((end) => end <= length),
      `of ${length} bytes`,
    );
  assert.equal(lastCharacterEnd(Buffer.alloc(9, 0x80)), 9);
});

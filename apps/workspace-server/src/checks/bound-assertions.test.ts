import assert from "node:assert/strict";
import { test } from "node:test";
import type { Assertion } from "@atelier/contract";
import { encodeRecord } from "@atelier/contract";
import { answerBounds, boundAssertions, recordBounds } from "./bound-assertions.ts";

const many = (count: number, status: Assertion["status"], found = ""): readonly Assertion[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${status}: ${index}`,
    title: `${status} ${index}`,
    status,
    ...(found === "" ? {} : { found }),
  }));

test("what fits stays as it is", () => {
  const all = [...many(3, "passed"), ...many(2, "failed", "x".repeat(2000))];
  assert.deepEqual(boundAssertions(all, recordBounds), all);
});

test("what failed is named first, in its own order, and what is left out is counted", () => {
  const bounds = { count: 3, characters: 100 };
  const all = [...many(2, "passed"), ...many(2, "failed")];
  assert.deepEqual(
    boundAssertions(all, bounds).map(({ title, status }) => [title, status]),
    [
      ["passed 0", "passed"],
      ["failed 0", "failed"],
      ["failed 1", "failed"],
      ["1 more that are not listed", "passed"],
    ],
  );
  assert.deepEqual(boundAssertions([...many(2, "passed"), ...many(5, "error")], bounds).at(-1), {
    id: "more",
    title: "4 more that are not listed, 2 of them not there yet",
    status: "failed",
  });
});

test("ten thousand assertions that each say much are an answer and a line of the log that can be read", () => {
  const all = many(10_000, "failed", "x".repeat(2000));
  const answer = boundAssertions(all, answerBounds);
  assert.equal(answer.length, 1001);
  assert.ok(JSON.stringify(answer).length < 1_000_000);
  const line = encodeRecord({ v: 1, seq: 1, ts: "", type: "t", assertions: boundAssertions(all, recordBounds) });
  const record = JSON.parse(line) as { assertions?: readonly Assertion[]; truncated?: boolean };
  assert.deepEqual([record.assertions?.length, record.truncated], [151, undefined]);
  assert.equal(record.assertions?.at(-1)?.title, "9850 more that are not listed, 9850 of them not there yet");
});

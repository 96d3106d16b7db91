import assert from "node:assert/strict";
import { test } from "node:test";
import { createLineDecoder } from "./decode-lines.ts";
import { encodeRecord, utf8Length } from "./encode-record.ts";
import { maxLineBytes } from "./record.ts";

const parse = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null) throw new Error("not a record");
  return value;
};

test("whatever a record says comes back equal, on one line", () => {
  const records = ["plain", "two\nlines", '"quotes"\\', "\u0000\u001b[31m\u2028\u2029", "naïve 漢字 🎉", ""].map(
    (command, index) => ({ v: 1, seq: index + 1, command }),
  );
  const text = records.map(encodeRecord).join("");
  assert.equal(text.split("\n").length, records.length + 1);
  assert.deepEqual(createLineDecoder(parse).push(text), records);
});

test("chunks may break anywhere; a torn last line waits", () => {
  const decoder = createLineDecoder(parse);
  const text = `${encodeRecord({ a: "é" })}{"b":`;
  assert.deepEqual(
    [...text].flatMap((character) => decoder.push(character)),
    [{ a: "é" }],
  );
  assert.deepEqual([decoder.pending, decoder.badLines], ['{"b":', []]);
});

test("a bad line is reported with number and excerpt and skipped", () => {
  const decoder = createLineDecoder(parse);
  assert.deepEqual(decoder.push('{"a":1}\n\nnot \u0007json\n7\n{"a":2}\n'), [{ a: 1 }, { a: 2 }]);
  assert.deepEqual(
    decoder.badLines.map(({ line, excerpt }) => [line, excerpt]),
    [
      [3, "not �json"],
      [4, "7"],
    ],
  );
});

test("a line without an end is held up to the longest there may be, and reported when it ends after all", () => {
  const decoder = createLineDecoder(parse);
  // A gigabyte, which no string can hold.
  const piece = "x".repeat(1024 * 1024);
  for (let count = 0; count < 1024; count++) assert.deepEqual(decoder.push(piece), []);
  assert.ok(decoder.pending.length <= maxLineBytes, `${decoder.pending.length} characters are held`);
  assert.deepEqual(decoder.push('x\n{"a":1}\n'), [{ a: 1 }]);
  assert.deepEqual(decoder.badLines, [
    { line: 1, excerpt: "x".repeat(80), cause: `longer than ${maxLineBytes} bytes` },
  ]);
  assert.equal(decoder.pending, "");
});

test("a record of lists within lists stays one: what it is recognized by is not cut", () => {
  const base = { v: 1, seq: 12, ts: "2026-01-31T12:00:00.000Z", type: "request-acknowledged" };
  const rows = Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => "\u0001".repeat(40)));
  const line = encodeRecord({ ...base, rows });
  assert.ok(Buffer.byteLength(line) <= maxLineBytes);
  const { rows: kept, ...read } = JSON.parse(line) as { rows: readonly unknown[] };
  assert.deepEqual([read, kept.length], [{ ...base, truncated: true }, 16]);
});

test("no line is longer than the limit, and a cut one says so", () => {
  for (const filler of ["x", "é", "漢", "🎉", "\u0001", '"']) {
    const line = encodeRecord({
      v: 1,
      seq: 1,
      ts: "t",
      type: "command",
      command: filler.repeat(80_000),
      list: Array.from({ length: 5000 }, () => filler.repeat(20)),
    });
    assert.ok(Buffer.byteLength(line) <= maxLineBytes, filler);
    assert.equal(utf8Length(line), Buffer.byteLength(line), filler);
    assert.equal((JSON.parse(line) as { truncated: boolean }).truncated, true);
  }
});

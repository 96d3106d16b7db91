import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { demultiplex } from "./demultiplex.ts";

const frame = (stream: number, text: string): Buffer => {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

const read = async (chunks: readonly Buffer[]): Promise<readonly (readonly [string, string])[]> => {
  const found: (readonly [string, string])[] = [];
  for await (const { stream, data } of demultiplex(Readable.from(chunks))) found.push([stream, data.toString()]);
  return found;
};

const bytes = Buffer.concat([frame(1, "out"), frame(2, "ä wrong"), frame(1, ""), frame(1, "last")]);
const expected = [
  ["stdout", "out"],
  ["stderr", "ä wrong"],
  ["stdout", ""],
  ["stdout", "last"],
];

test("frames come apart however the connection cut them", async () => {
  for (let size = 1; size <= bytes.length; size++) {
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    assert.deepEqual(await read(chunks), expected, `in chunks of ${size}`);
  }
});

test("a frame that never ends is not passed on", async () => {
  assert.deepEqual(await read([bytes.subarray(0, bytes.length - 1)]), expected.slice(0, 3));
});

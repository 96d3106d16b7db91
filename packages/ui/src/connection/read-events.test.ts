import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "./read-events.ts";

const encoder = new TextEncoder();

const bodyOf = (...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

test("events come whole, wherever their bytes were cut", async () => {
  const bytes = encoder.encode(
    ': hello\n\nid: 7\nevent: check\ndata: {"é":1}\n\ndata:first\ndata: second\n\nevent: empty\n\n',
  );
  const expected = [
    { id: "7", type: "check", data: '{"é":1}' },
    { id: undefined, type: "message", data: "first\nsecond" },
  ];
  for (let cut = 0; cut <= bytes.length; cut++)
    assert.deepEqual(
      await Array.fromAsync(readEvents(bodyOf(bytes.subarray(0, cut), bytes.subarray(cut)))),
      expected,
      `cut at ${cut}`,
    );
});

test("an event that never ended is none", async () => {
  assert.deepEqual(await Array.fromAsync(readEvents(bodyOf(encoder.encode("data: torn\n")))), []);
});

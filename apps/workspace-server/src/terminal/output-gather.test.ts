import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@atelier/testkit";
import { OutputGather } from "./output-gather.ts";

test("whatever the sizes of the pieces, all bytes come out once, in order, and never more than 64 KiB at once", () => {
  const random = createRandom(7);
  const got: Buffer[] = [];
  const gather = new OutputGather((bytes) => {
    assert.ok(bytes.length > 0 && bytes.length <= 64 * 1024, String(bytes.length));
    got.push(Buffer.from(bytes));
  });
  const pieces: Buffer[] = [];
  const memory = Buffer.alloc(200_000);
  for (let n = 0; n < 300; n++) {
    const length = random.chance(0.1) ? random.below(200_000) : random.below(4096);
    for (let at = 0; at < length; at++) memory[at] = (n * 31 + at) & 255;
    pieces.push(Buffer.from(memory.subarray(0, length)));
    gather.push(memory.subarray(0, length));
    if (random.chance(0.05)) gather.flush();
  }
  gather.flush();
  assert.ok(Buffer.concat(got).equals(Buffer.concat(pieces)));
});

test("a limit holds for what follows, also below what has been gathered", () => {
  const got: number[] = [];
  const gather = new OutputGather((bytes) => got.push(bytes.length));
  gather.push(Buffer.alloc(1));
  gather.push(Buffer.alloc(50_000));
  gather.limit = 16_384;
  gather.push(Buffer.alloc(40_000));
  gather.limit = Number.POSITIVE_INFINITY;
  gather.push(Buffer.alloc(65_536));
  gather.flush();
  assert.deepEqual(got, [1, 50_000, 16_384, 16_384, 65_536, 7232]);
});

test("a piece after a silence goes on at once, one close behind it a moment later by itself", async () => {
  const flushed = Promise.withResolvers<void>();
  const got: string[] = [];
  const gather = new OutputGather((bytes) => {
    got.push(bytes.toString());
    if (got.length === 2) flushed.resolve();
  });
  gather.push(Buffer.from("echo"));
  assert.deepEqual(got, ["echo"]);
  gather.push(Buffer.from("more"));
  await flushed.promise;
  assert.deepEqual(got, ["echo", "more"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "@atelier/testkit";
import { createEscapeBytes, longestEscape } from "./escape-bytes.ts";

const inside = (bytes: Buffer): string => JSON.stringify(bytes.toString("latin1")).slice(1, -1);

test("bytes are escaped as JSON does it, of every kind, at every place of a vector, over its pieces", () => {
  const put = createEscapeBytes();
  assert.ok(put, "this machine has vectors");
  const random = createRandom(5);
  const target = Buffer.alloc(20 + 200_000 * longestEscape);
  const check = (bytes: Buffer): void => {
    const at = random.below(20);
    const length = put(bytes, target, at);
    assert.equal(target.toString("latin1", at, at + length), inside(bytes));
  };
  for (let byte = 0; byte < 256; byte++)
    for (let before = 0; before < 34; before++) check(Buffer.from([...Buffer.alloc(before, "x"), byte, 0x79]));
  for (let round = 0; round < 2000; round++) {
    const special = random.below(100);
    check(
      Buffer.from(
        Array.from({ length: random.below(150) }, () =>
          random.below(100) < special ? random.pick([0, 10, 13, 27, 34, 92]) : 32 + random.below(224),
        ),
      ),
    );
  }
  // Longer than what is taken at once, and all of it becoming as long as it can.
  check(Buffer.alloc(200_000, 0x1b));
  check(Buffer.alloc(131_072, "line\r\n"));
  check(Buffer.alloc(0));
});

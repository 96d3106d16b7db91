import assert from "node:assert/strict";
import { test } from "node:test";
import { batchSize, namesOfBatch } from "./batch-size.ts";

test("a batch has a size within the limits, or none", () => {
  assert.deepEqual(
    [batchSize(undefined, 3), batchSize("1", undefined), batchSize("50", undefined), batchSize("3", 3)],
    [undefined, 1, 50, 3],
  );
});

test("what is no size is refused, and what is too big with the reason", () => {
  for (const count of ["0", "-1", "1.5", "many", "", "1e1", " 3"])
    assert.throws(() => batchSize(count, undefined), { code: "usage" }, count);
  assert.throws(() => batchSize("51", undefined), { code: "batch-too-big", message: /share this one machine/ });
  assert.throws(() => batchSize("4", 3), { code: "batch-too-big", message: /batch\.max/ });
});

test("names sort as they are counted", () => {
  assert.deepEqual(namesOfBatch("class", 2), ["class-01", "class-02"]);
});

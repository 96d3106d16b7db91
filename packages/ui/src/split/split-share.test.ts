import assert from "node:assert/strict";
import { test } from "node:test";
import { clampShare, shareAfterKey } from "./split-share.ts";

test("keys move the bar and stop at its limits, other keys do nothing", () => {
  assert.deepEqual(
    ["ArrowLeft", "ArrowRight", "PageDown", "Home", "End", "a"].map((key) => shareAfterKey(46, key)),
    [44, 48, 56, 20, 80, undefined],
  );
  assert.equal(shareAfterKey(20, "ArrowLeft"), 20);
  assert.deepEqual([clampShare(-3), clampShare(46.26), clampShare(120)], [20, 46.3, 80]);
});

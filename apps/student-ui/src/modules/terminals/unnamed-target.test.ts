import assert from "node:assert/strict";
import { test } from "node:test";
import { unnamedTarget } from "./unnamed-target.ts";

test("a block without a name runs in the numbered terminal that was looked at last, not in an author's", () => {
  const names = ["1", "2", "shop", "web-2"];
  assert.equal(unnamedTarget({ names, front: "2", lastNumbered: "2" }), "2");
  assert.equal(unnamedTarget({ names, front: "shop", lastNumbered: "2" }), "2");
  assert.equal(unnamedTarget({ names, front: "web-2", lastNumbered: undefined }), "1");
  assert.equal(unnamedTarget({ names: ["1", "shop"], front: "shop", lastNumbered: "2" }), "1", "the second was closed");
  assert.equal(unnamedTarget({ names: ["shop"], front: "shop", lastNumbered: "1" }), "shop", "there is no other");
  assert.equal(unnamedTarget({ names: [], front: undefined, lastNumbered: undefined }), undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { createMovesModel, type Standing } from "./moves-model.ts";

const standing = (image: string, files: Readonly<Record<string, string>> = {}): Standing => ({
  image,
  files: new Map(Object.entries(files)),
});

test("next brings files along, goto, reset and solve start clean, and some moves replace nothing", () => {
  const model = createMovesModel(["start", "one", "two"]);
  model.write("a", "1");
  model.write("b", "2");
  model.remove("b");
  assert.deepEqual(model.here, standing("start", { a: "1" }));
  assert.deepEqual(model.target({ kind: "next", step: "one" }), standing("one", { a: "1" }));
  assert.deepEqual(model.target({ kind: "goto", step: "two" }), standing("one"));
  assert.equal(model.target({ kind: "goto", step: "one" }), model.here);
  assert.deepEqual(model.target({ kind: "reset", step: "one" }), standing("start"));
  assert.deepEqual(model.target({ kind: "solve", step: "one" }), standing("one"));
  assert.equal(model.target({ kind: "undo" }), undefined);
});

test("undo leads back to what was left last, and a saved state holds what was there when it was saved", () => {
  const model = createMovesModel(["start", "one", "two"]);
  model.write("a", "1");
  model.left(standing("one"), ["c1"]);
  model.write("b", "2");
  model.kept(["c2"]);
  assert.deepEqual(model.target({ kind: "undo" }), standing("start", { a: "1" }));
  model.left(standing("start", { a: "1" }), ["c3"]);
  assert.deepEqual(model.target({ kind: "undo" }), standing("one", { b: "2" }));
  assert.deepEqual(model.target({ kind: "restore", checkpoint: "c1" }), standing("start", { a: "1" }));
  assert.deepEqual(model.newest(2), ["c2", "c3"]);
  assert.equal(model.saved("c9"), undefined);
});

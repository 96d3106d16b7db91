import assert from "node:assert/strict";
import { test } from "node:test";
import { stepJsonSchema, workshopJsonSchema } from "./json-schema.ts";

test("editors get every key, strict, described, without the bounds of a double", () => {
  for (const schema of [workshopJsonSchema(), stepJsonSchema()]) {
    const text = JSON.stringify(schema);
    assert.equal(schema.$schema, "http://json-schema.org/draft-07/schema#");
    assert.equal(schema.additionalProperties, false);
    assert.doesNotMatch(text, /9007199254740991/);
  }
  assert.deepEqual(workshopJsonSchema().required, ["version", "workshop", "base", "steps"]);
  assert.deepEqual(Object.keys(stepJsonSchema().properties as object), [
    "title",
    "group",
    "requires",
    "duration",
    "files",
    "env",
    "commands",
    "onStart",
    "help",
    "check",
  ]);
});

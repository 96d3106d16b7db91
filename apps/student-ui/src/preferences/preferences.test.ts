import assert from "node:assert/strict";
import { test } from "node:test";
import { readPreferences } from "./preferences.ts";

const defaults = {
  theme: "auto",
  layout: "both",
  fontSize: 14,
  screenReader: false,
  stepsOpen: true,
  textShare: 46,
  tool: "terminal",
};

test("whatever is stored, preferences come out whole", () => {
  for (const text of [
    null,
    "",
    "null",
    "[1]",
    "{",
    '"x"',
    '{"theme":"pink","layout":7,"fontSize":"20","screenReader":"yes"}',
    '{"fontSize":400,"textShare":"50","tool":"axe"}',
  ])
    assert.deepEqual(readPreferences(text), defaults, String(text));
});

test("what was chosen is kept", () => {
  const chosen = {
    theme: "dark",
    layout: "text",
    fontSize: 18,
    screenReader: true,
    stepsOpen: false,
    textShare: 61.5,
    tool: "editor",
  };
  assert.deepEqual(readPreferences(JSON.stringify(chosen)), chosen);
});

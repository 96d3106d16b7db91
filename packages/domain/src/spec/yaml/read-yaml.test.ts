import assert from "node:assert/strict";
import { test } from "node:test";
import { readYamlText } from "./read-yaml.ts";

test("places are those of keys and values, through aliases too", () => {
  const yaml = readYamlText("f.yaml", "a: &x\n  - one\n  - b: two\nc: *x\nd:\n\"e f\": 'g'\n");
  const at = (...path: (string | number)[]) => {
    const [key, value] = [yaml.keyAt(path), yaml.valueAt(path)];
    return `${key.line}:${key.column} ${value.line}:${value.column}`;
  };
  assert.deepEqual(
    {
      a: at("a"),
      a0: at("a", 0),
      b: at("a", 1, "b"),
      cb: at("c", 1, "b"),
      d: at("d"),
      e: at("e f"),
      root: at(),
      gone: at("a", 7, "x"),
      never: at("zz"),
    },
    {
      a: "1:1 2:3",
      a0: "2:5 2:5",
      b: "3:5 3:8",
      cb: "3:5 3:8",
      d: "5:1 5:1",
      e: "6:1 6:8",
      root: "1:1 1:1",
      gone: "1:1 1:1",
      never: "1:1 1:1",
    },
  );
});

test("keys of JavaScript's own objects are ordinary keys", () => {
  const { value, diagnostics } = readYamlText("f.yaml", "__proto__: {polluted: true}\nconstructor: 1\n");
  assert.deepEqual(Object.keys(value as object), ["__proto__", "constructor"]);
  assert.deepEqual([diagnostics, ({} as { polluted?: boolean }).polluted], [[], undefined]);
});

test("aliases may be used for what they are good for", () => {
  const { value, diagnostics } = readYamlText("f.yaml", "a: &a {x: 1}\nb: [*a, *a]\n");
  assert.deepEqual([JSON.stringify(value), diagnostics], ['{"a":{"x":1},"b":[{"x":1},{"x":1}]}', []]);
});

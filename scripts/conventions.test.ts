import assert from "node:assert/strict";
import { test } from "node:test";
import { findBreaches } from "./conventions.ts";

const breaches = (path: string, text: string): readonly string[] =>
  findBreaches([{ path, text }]).map(({ line, message }) => `${line}: ${message}`);

const impure = "time, randomness and ids come in as parameters in pure packages.";

test("clocks and dice are named in pure packages, and only there", () => {
  const code =
    "const a = Date.now();\nconst b = new Date();\nconst c = new Date(0);\nconst d = Math.random;\nconst e = new Date;\n";
  assert.deepEqual(
    breaches("packages/domain/src/a.ts", code),
    [1, 2, 4, 5].map((line) => `${line}: ${impure}`),
  );
  assert.deepEqual(breaches("apps/cli/src/a.ts", code), []);
  assert.deepEqual(breaches("packages/domain/src/a.test.ts", code), []);
});

test("words in comments and texts are no code", () => {
  assert.deepEqual(
    breaches(
      "packages/domain/src/a.ts",
      "// Date.now()\nconst a = \"Math.random()\"; /* new Date()\n */ const b = 'Date.now';\n",
    ),
    [],
  );
  assert.deepEqual(breaches("packages/domain/src/a.ts", 'const a = "x\\"y"; Date.now();\n'), [`1: ${impure}`]);
});

test("long files, vague names and camel case are named", () => {
  assert.deepEqual(breaches("apps/cli/src/a.ts", "\n".repeat(601)), ["600: 601 lines; split a file above 600."]);
  assert.deepEqual(breaches("apps/cli/src/a.ts", "\n".repeat(600)), []);
  assert.equal(breaches("apps/cli/src/utils/a.ts", "").length, 1);
  assert.equal(breaches("apps/cli/src/path-helpers.ts", "").length, 1);
  assert.equal(breaches("apps/cli/src/commonmark.ts", "").length, 0);
  assert.deepEqual(breaches("apps/cli/src/runThis.ts", ""), ["1: runThis.ts is not kebab-case."]);
});

test("unfinished work, focused tests and registries in lock files are named", () => {
  assert.equal(breaches("apps/cli/src/a.ts", `// ${"TO"}DO later\n`).length, 1);
  assert.equal(breaches("apps/cli/src/a.test.ts", "test.only('x', () => {});\n").length, 1);
  assert.equal(breaches("package-lock.json", '{\n  "resolved": "https://example.org/x.tgz" }').length, 1);
  assert.equal(breaches("package-lock.json", '{ "resolved": "packages/domain", "link": true }').length, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { suites } from "./suites.ts";

const ownersOf = (path: string): readonly string[] =>
  Object.values(suites)
    .filter(({ owns }) => owns(path))
    .map(({ name }) => name);

test("the suffix and the folder of a file tell its one suite", () => {
  assert.deepEqual(
    [
      "packages/domain/src/a.test.ts",
      "apps/student-ui/src/a.test.tsx",
      "scripts/a.test.ts",
      "tests/build/a.docker.test.ts",
      "tests/ui/a.browser.test.ts",
      "tests/ui/a.docker.browser.test.ts",
      "tests/ui/a.soak.test.ts",
      "packages/domain/src/a.soak.test.ts",
      "packages/domain/src/a.ts",
      "packages/domain/src/attest.ts",
    ].map((path) => ownersOf(path).join()),
    ["unit", "unit", "unit", "docker", "browser", "journey", "soak", "soak", "", ""],
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { findViolations, type Manifest, table } from "./boundaries.ts";
import { listFiles } from "./source/source-files.ts";

const manifest = (name: string, ...dependencies: string[]): Manifest => ({
  name: `@atelier/${name}`,
  dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "*"])),
  exports: { ".": "./src/index.ts" },
});

const manifests = new Map<string, Manifest>([
  ["", { devDependencies: { vite: "1" } }],
  ["packages/domain", manifest("domain", "zod", "@atelier/contract", "@atelier/cli")],
  ["packages/contract", manifest("contract", "@atelier/domain")],
  ["apps/cli", manifest("cli", "@atelier/domain", "@atelier/contract")],
]);

const faults = (path: string, text: string): readonly string[] =>
  findViolations([{ path, text }], manifests).map(({ line, message }) => `${line}: ${message}`);

test("what the table allows and package.json declares passes", () => {
  assert.deepEqual(
    faults("apps/cli/src/main.ts", 'import { a } from "@atelier/domain";\nimport "node:fs";\nimport "./b.ts";'),
    [],
  );
});

test("an arrow that points outward is named with its row", () => {
  assert.deepEqual(faults("packages/domain/src/a.ts", '\nimport {\n  a,\n} from "@atelier/contract";'), [
    '4: may not import "@atelier/contract": row "packages/domain" allows nothing (scripts/boundaries.ts).',
  ]);
});

test("nobody imports an app", () => {
  assert.deepEqual(faults("packages/domain/src/a.ts", 'export * from "@atelier/cli";'), [
    "1: cli is an app, and nobody imports an app.",
  ]);
});

test("deep imports, in either form, are refused", () => {
  assert.deepEqual(
    faults(
      "apps/cli/src/a.ts",
      'const a = await import("@atelier/domain/src/x.ts");\nimport "../../../packages/domain/src/x.ts";',
    ),
    [
      '2: "../../../packages/domain/src/x.ts" leaves apps/cli; import the package by its name.',
      '1: "@atelier/domain/src/x.ts" reaches into a package; its exports do not offer it.',
    ],
  );
});

test("an import that only hoisting makes work is named; tests may use the house's tools", () => {
  assert.deepEqual(faults("apps/cli/src/a.ts", 'import { z } from "zod/mini";'), [
    '1: "zod" is not declared in apps/cli/package.json.',
  ]);
  assert.deepEqual(faults("apps/cli/src/a.ts", 'import "vite";'), [
    '1: "vite" is not declared in apps/cli/package.json.',
  ]);
  assert.deepEqual(faults("apps/cli/src/a.test.ts", 'import "vite";\nimport "@atelier/testkit";'), []);
});

test("testkit is for tests only, the barrel for others only", () => {
  const own = new Map([...manifests, ["apps/cli", manifest("cli", "@atelier/testkit")]]);
  const inApp = { path: "apps/cli/src/a.ts", text: 'import "@atelier/testkit";' };
  assert.match(findViolations([inApp], own)[0]?.message ?? "", /may not import "@atelier\/testkit"/);
  assert.deepEqual(faults("packages/domain/src/x/a.ts", 'import "../index.ts";\nimport "@atelier/domain";'), [
    '1: "../index.ts" is the barrel; inside, import the file.',
    '2: "@atelier/domain" is this package itself; inside, import the file.',
  ]);
});

test("texts that look like imports do not count", () => {
  assert.deepEqual(faults("apps/cli/src/a.ts", 'export const a = "zod";\n// import "zod";\nconst b = `x`;'), []);
});

test("a folder without a row is named, and every row exists", () => {
  assert.deepEqual(faults("packages/new/src/a.ts", ""), [
    "1: packages/new has no row in the table of scripts/boundaries.ts.",
  ]);
  const files = listFiles();
  const rows = Object.keys(table).filter((row) => !["bench", "tests"].includes(row));
  assert.deepEqual(
    rows.filter((row) => !files.some((path) => path.startsWith(`${row}/`))),
    [],
  );
});

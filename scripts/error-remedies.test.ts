import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, defaultRemedies } from "@atelier/domain";
import { findHelpless } from "./error-remedies.ts";
import { isCode, isTestCode, listFiles, readSource } from "./source/source-files.ts";

const sources = listFiles()
  .filter((path) => /^(?:apps|packages)\/[^/]+\/src\//.test(path) && isCode(path) && !isTestCode(path))
  .map(readSource);

test("every error that somebody can meet says what to do next", () => {
  assert.ok(sources.length > 500, `${sources.length} files were looked at`);
  const helpless = sources.flatMap(({ path, text }) =>
    findHelpless(text).map(({ line, code }) => `${path}:${line}: ${code}`),
  );
  assert.deepEqual(
    helpless,
    [],
    "give it a hint, or its code a line in packages/domain/src/problem/default-remedies.ts",
  );
});

test("an error without a remedy is found, whatever stands in its words", () => {
  const text = [
    `throw new AppError("unheard-of", \`a $\{b(")")} ) text\`, { cause });`,
    'throw new AppError("unheard-of", "c", { hint: "Do d." });',
    'throw new AppError("control-lost", "e");',
    'throw new AppError(f === "x" ? "unheard-of" : "refused", "g");',
    "throw new AppError(code, message);",
  ].join("\n");
  assert.deepEqual(findHelpless(text), [
    { line: 1, code: "unheard-of" },
    { line: 4, code: "unheard-of" },
  ]);
});

test("no line of the catalogue is for an error that nobody throws", () => {
  const all = sources.map(({ text }) => text).join("\n");
  const others = all.replace(/export const defaultRemedies[\s\S]*?\n};/, "");
  assert.deepEqual(
    Object.keys(defaultRemedies).filter((code) => !others.includes(`"${code}"`)),
    [],
  );
});

test("what whoever throws knows better goes before the catalogue", () => {
  assert.equal(new AppError("control-lost", "a", { hint: "Do b." }).hint, "Do b.");
  assert.equal(new AppError("control-lost", "a").hint, defaultRemedies["control-lost"]);
  assert.equal(new AppError("of-its-own", "a").hint, undefined);
});

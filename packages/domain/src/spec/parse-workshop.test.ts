import assert from "node:assert/strict";
import { test } from "node:test";
import { type DescribedTree, readCases, sourceTreeOf } from "@atelier/testkit";
import { type Diagnostic, hasErrors } from "../problem/diagnostic.ts";
import { specCodes } from "../problem/spec-codes.ts";
import { baseWorkshop } from "./cases/base-workshop.ts";
import { parseWorkshop } from "./parse-workshop.ts";

/** `error unknown-key workshop.yaml:6:3 workshop.tittle`: severity, code, place, path. */
const line = ({ severity, code, at, path }: Diagnostic): string =>
  `${severity} ${code} ${at?.file}:${at?.line}:${at?.column} ${path}`.trim();

for (const { name, value } of readCases(new URL("cases/broken/", import.meta.url))) {
  const { input, diagnostics } = value as { readonly input: DescribedTree; readonly diagnostics: readonly string[] };
  test(`broken: ${name}`, () => {
    const parsed = parseWorkshop(sourceTreeOf(baseWorkshop, input));
    assert.deepEqual(
      { diagnostics: parsed.diagnostics.map(line), hasValue: parsed.value !== undefined },
      { diagnostics, hasValue: !diagnostics.some((text) => text.startsWith("error")) },
    );
  });
}

test("every code of the format has a case", () => {
  const seen = new Set(
    readCases(new URL("cases/broken/", import.meta.url)).flatMap(({ value }) =>
      (value as { readonly diagnostics: readonly string[] }).diagnostics.map((text) => text.split(" ")[1]),
    ),
  );
  assert.deepEqual(
    Object.keys(specCodes).filter((code) => !seen.has(code)),
    [],
  );
});

test("every diagnostic says what is wrong and what to do, in one sentence each", () => {
  for (const { name, value } of readCases(new URL("cases/broken/", import.meta.url))) {
    const { input } = value as { readonly input: DescribedTree };
    for (const { code, message, remedy } of parseWorkshop(sourceTreeOf(baseWorkshop, input)).diagnostics)
      for (const text of [message, remedy]) assert.match(text, /^\S[^\n]{8,}\S$/, `${name}: ${code}`);
  }
});

for (const { name, value } of readCases(new URL("cases/good/", import.meta.url))) {
  const { input, output } = value as { readonly input: DescribedTree; readonly output: unknown };
  test(`good: ${name}`, () => {
    const parsed = parseWorkshop(sourceTreeOf(input));
    assert.deepEqual(
      { diagnostics: parsed.diagnostics.map(line), value: parsed.value },
      { diagnostics: [], value: output },
    );
  });
}

/** A small generator with a seed, so that a failure can be repeated. */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};

const fragments = [
  "\t",
  "&a ",
  "*a",
  "[",
  "]",
  "{",
  "}",
  ": ",
  "- ",
  "\n",
  "\r\n",
  "'",
  '"',
  "!x ",
  "|",
  "<<: ",
  "---\n",
  "\uFEFF",
  "\0",
  "yes",
  "012",
  "🎉",
  "`",
  "```bash\n",
  "](",
  "![",
  "#",
  "%",
  "@",
  "\\",
  "__proto__: 1\n",
  "constructor: 1\n",
];

const mutate = (text: string, next: () => number): string => {
  const at = Math.floor(next() * text.length);
  const length = Math.floor(next() * 12);
  const kind = Math.floor(next() * 4);
  if (kind === 0) return text.slice(0, at) + text.slice(at + length);
  if (kind === 1) return text.slice(0, at) + (fragments[Math.floor(next() * fragments.length)] ?? "") + text.slice(at);
  if (kind === 2) return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
  const lines = text.split("\n");
  const from = Math.floor(next() * lines.length);
  lines.splice(Math.floor(next() * lines.length), 0, ...lines.splice(from, 1));
  return lines.join("\n");
};

test("600 random mutations never throw, and give a value or an error", () => {
  const [full] = readCases(new URL("cases/good/", import.meta.url));
  assert.ok(full !== undefined);
  const { input } = full.value as { readonly input: DescribedTree };
  const names = Object.keys(input).filter((name) => typeof input[name] === "string");
  for (let seed = 1; seed <= 600; seed++) {
    const next = random(seed);
    const changed: Record<string, string> = {};
    for (let times = 1 + Math.floor(next() * 4); times > 0; times--) {
      const name = names[Math.floor(next() * names.length)] ?? "";
      changed[name] = mutate(changed[name] ?? String(input[name]), next);
    }
    const tree = sourceTreeOf(input, changed);
    const { value, diagnostics } = parseWorkshop(tree);
    assert.equal(value === undefined, hasErrors(diagnostics), `seed ${seed}`);
    for (const { at } of diagnostics)
      assert.ok(
        at !== undefined && at.line >= 1 && at.column >= 1 && at.line <= lineCount(tree, at.file),
        `seed ${seed}: ${JSON.stringify(at)}`,
      );
  }
});

const lineCount = (tree: ReturnType<typeof sourceTreeOf>, file: string): number => {
  const entry = tree.entries.get(file);
  return entry?.kind === "file"
    ? Buffer.from(entry.bytes)
        .toString("utf8")
        .split(/\r\n|\r|\n/).length
    : 1;
};

test("random bytes never throw", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const noise = (): string =>
      Buffer.from(Array.from({ length: 200 }, () => Math.floor(next() * 256))).toString("base64");
    const files = [
      "workshop.yaml",
      "steps/one/step.yaml",
      "steps/one/content.md",
      "steps/one/goss.yaml",
      ".atelierignore",
    ];
    const name = files[seed % files.length] ?? "";
    const { value, diagnostics } = parseWorkshop(sourceTreeOf(baseWorkshop, { [name]: { base64: noise() } }));
    assert.equal(value === undefined, hasErrors(diagnostics), `seed ${seed}`);
  }
});

test("hostile sizes are answered in time", () => {
  const hostile: DescribedTree[] = [
    { "steps/one/content.md": { size: 1_000_000, text: "](" } },
    { "steps/one/content.md": { size: 1_000_000, text: "[" } },
    { "steps/one/content.md": { size: 1_000_000, text: "` `` ``` " } },
    { "steps/one/content.md": { size: 1_000_000, text: "<!-- " } },
    { "steps/one/content.md": { size: 1_000_000, text: "# a\n" } },
    { "steps/one/content.md": { size: 1_000_000, text: "```sh\nsudo x\n```\n" } },
    { "steps/one/step.yaml": { size: 250_000, text: "a: 1\n" } },
    { "steps/one/step.yaml": { size: 250_000, text: "- " } },
    { "steps/one/step.yaml": { size: 250_000, text: "a:\n" } },
    { "steps/one/goss.yaml": { size: 250_000, text: "{{ " } },
    { ".atelierignore": `${"*a".repeat(400)}b\n`, [`steps/one/files/${"a".repeat(200)}`]: "x" },
  ];
  for (const input of hostile) {
    // Processor time, not the clock's: a busy machine is no fault of the parser.
    const started = process.cpuUsage();
    parseWorkshop(sourceTreeOf(baseWorkshop, input));
    const ms = process.cpuUsage(started).user / 1000;
    assert.ok(ms < 5000, `${JSON.stringify(input).slice(0, 80)} took ${Math.round(ms)} ms`);
  }
});

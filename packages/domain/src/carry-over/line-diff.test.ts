import assert from "node:assert/strict";
import { test } from "node:test";
import { diffLines, nearDifferences } from "./line-diff.ts";

const shown = (lines: ReturnType<typeof diffLines>): string[] =>
  lines.map(({ kind, text }) => `${kind === "both" ? " " : kind === "mine" ? "+" : "-"}${text}`);

test("what only one side has stands beside what both have, in order", () => {
  assert.deepEqual(shown(diffLines("a\nx\nc\nd\n", "a\nb\nc\n")), [" a", "-b", "+x", " c", "+d"]);
  assert.deepEqual(shown(diffLines("", "a\n")), ["-a"]);
  assert.deepEqual(shown(diffLines("a", "a\n")), [" a"]);
});

test("both sides can be put together again from it, whatever they are", () => {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let round = 0; round < 200; round++) {
    const [mine, image] = [0, 1].map(() => Array.from({ length: random(9) }, () => "abc"[random(3)] ?? "a"));
    const lines = diffLines((mine ?? []).join("\n"), (image ?? []).join("\n"));
    const side = (kind: string): string[] =>
      lines.filter((line) => line.kind === "both" || line.kind === kind).map(({ text }) => text);
    assert.deepEqual([side("mine"), side("image")], [mine, image]);
  }
});

test("far from a difference one line stands for all", () => {
  const text = Array.from({ length: 20 }, (_, n) => String(n)).join("\n");
  assert.deepEqual(shown(nearDifferences(diffLines(text.replace("10", "x"), text), 1)), [
    " …",
    " 9",
    "-10",
    "+x",
    " 11",
    " …",
  ]);
  assert.deepEqual(shown(nearDifferences(diffLines("a", "a"))), [" …"]);
});

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { sourceTreeOf } from "@atelier/testkit";
import { withoutIgnored } from "./without-ignored.ts";

const files = [
  "a.draft",
  "b.txt",
  "build/x",
  "build/keep/y",
  "docs/build",
  "docs/a.draft",
  "docs/deep/er/a.draft",
  "docs/deep/z.txt",
  "notes/one.md",
  "notes/two.md",
  "sp ace",
  "st[a]r*",
  "x1",
  "x2",
  "xa",
  "#hash",
  "!bang",
];

const kept = (ignore: string): readonly string[] => {
  const tree = sourceTreeOf(Object.fromEntries(files.map((file) => [file, "x"])), { ".atelierignore": ignore });
  return [...withoutIgnored(tree).entries].flatMap(([path, entry]) =>
    entry.kind === "file" && path !== ".atelierignore" ? [path] : [],
  );
};

const patterns = [
  "*.draft",
  "/*.draft",
  "build",
  "build/",
  "/build/",
  "build/*\n!build/keep",
  "build/\n!build/keep/y",
  "docs/**/a.draft",
  "**/deep/**",
  "docs/**",
  "**/*.md\n!two.md",
  "notes/*.md\n!notes/one.md",
  "x[0-9]",
  "x[!0-9]",
  "x?",
  "sp\\ ace",
  "sp ace   ",
  "st\\[a\\]r\\*",
  "\\#hash\n\\!bang",
  "# comment\n\n   \nx1\r",
  "*\n!*/\n!*.txt",
  "a**t",
  "d*/de*/**",
  "/",
  "!x1",
];

test("patterns mean what they mean to git", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-ignore-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: readonly string[]): string => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  git("init", "-q");
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "x");
  }
  for (const pattern of patterns) {
    writeFileSync(join(folder, ".git/info/exclude"), `${pattern}\n`);
    const byGit = git("ls-files", "-z", "--others", "--exclude-standard")
      .split("\0")
      .filter((name) => name !== "")
      .sort();
    assert.deepEqual([...kept(pattern)].sort(), byGit, JSON.stringify(pattern));
  }
});

test("applying it twice changes nothing, and a pattern with many stars ends", () => {
  const tree = sourceTreeOf({
    ".atelierignore": `*.draft\n${"*a".repeat(100)}b\n`,
    "a.draft": "x",
    ["a".repeat(250)]: "x",
    b: "x",
  });
  const once = withoutIgnored(tree);
  assert.deepEqual([...once.entries.keys()], [".atelierignore", "a".repeat(250), "b"]);
  assert.deepEqual(withoutIgnored(once), once);
});

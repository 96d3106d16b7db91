import assert from "node:assert/strict";
import { test } from "node:test";
import { highlight } from "./highlight.ts";

const seen = (code: string, language: string): string =>
  highlight(code, language)
    .flatMap(({ text, kind }) => (kind === undefined ? [] : [`${kind}:${text.trim()}`]))
    .join(" ");

test("code is cut into what readers look for", () => {
  assert.equal(
    seen('for file in "$@"; do wc -l < $file; done # count', "bash"),
    'keyword:for keyword:in string:"$@" keyword:do name:-l variable:$file keyword:done comment:# count',
  );
  assert.equal(
    seen('def answer(self, n=42):\n    return f"#{n}"  # not a "string"', "py"),
    'keyword:def keyword:self number:42 keyword:return string:f"#{n}" comment:# not a "string"',
  );
  assert.equal(seen('{"a": [1.5, true, "b"]}', "json"), 'name:"a" number:1.5 keyword:true string:"b"');
  assert.equal(seen("key: value\nother: 3 # why", "yml"), "name:key name:other number:3 comment:# why");
  assert.equal(
    seen("SELECT * from t where a = 'it''s'", "sql"),
    "keyword:SELECT keyword:from keyword:where string:'it''s'",
  );
  assert.equal(seen("const a = `x`; // y", "ts"), "keyword:const string:`x` comment:// y");
  assert.equal(seen("FROM debian:12\nRUN echo $A", "dockerfile"), "keyword:FROM number:12 keyword:RUN variable:$A");
});

test("joined again it is the code, in any language, known or not", () => {
  const samples = [
    "",
    "plain",
    'a "never closed\n#x',
    "<a href='x'>&amp;</a>",
    "'''\"\"\"`/*",
    "#".repeat(60_000),
    "\u0000<script>",
  ];
  for (const language of [
    "bash",
    "py",
    "json",
    "yaml",
    "toml",
    "sql",
    "html",
    "css",
    "diff",
    "go",
    "constructor",
    "__proto__",
    "none",
    "",
  ])
    for (const code of samples)
      assert.equal(
        highlight(code, language)
          .map(({ text }) => text)
          .join(""),
        code,
      );
});

test("hostile code takes no time to speak of", () => {
  for (const piece of ['"', "'", '"""', "#", "/*", "<!--", "--", "a.", "$(", "\\", "[", "- ", "@x"]) {
    const code = piece.repeat(40_000 / piece.length);
    for (const language of ["bash", "python", "yaml", "sql", "html", "js", "ini", "css"]) {
      const started = process.cpuUsage();
      highlight(code, language);
      const ms = process.cpuUsage(started).user / 1000;
      assert.ok(ms < 2000, `${language} took ${ms} ms of processor time for ${piece}`);
    }
  }
});

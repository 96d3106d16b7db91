import assert from "node:assert/strict";
import { test } from "node:test";
import { textFile } from "../text/read-text.ts";
import { anchorsOf } from "./anchors.ts";
import { linksOf } from "./links.ts";
import { readPage } from "./markdown.ts";
import { isRunnable, programsOf } from "./runnable.ts";

const page = (text: string) => readPage(textFile("page.md", text));
const destinations = (text: string) => linksOf(page(text)).map(({ kind, destination }) => `${kind} ${destination}`);
const programs = (text: string) =>
  page(text)
    .fences.filter(isRunnable)
    .flatMap((fence) => programsOf(fence).map(({ name }) => name));

test("links are found where Markdown has links, and not in code", () => {
  assert.deepEqual(
    destinations(
      [
        '[a](one.md) ![b](two.png "title") [c](<three four.md>) [d](five(6).md) [![e](seven.png)](eight.md)',
        "`[f](no.md)` ``[g](no`no.md)`` \\[h](no.md) [i] (no.md) [j](no no.md)",
        "",
        "[k",
        "",
        "l](no.md) <!-- [m](no.md) --> [n",
        "o](nine.md)",
        "",
        "    [p](no.md)",
        "",
        "- item",
        "",
        "    [q](ten.md)",
        "",
        "[r]: eleven.md",
        "[^s]: no.md",
        "~~~",
        "[t](no.md)",
        "~~~~",
        "[u](twelve.md)",
      ].join("\n"),
    ),
    [
      "link one.md",
      "image two.png",
      "link three four.md",
      "link five(6).md",
      "image seven.png",
      "link eight.md",
      "link nine.md",
      "link ten.md",
      "link eleven.md",
      "link twelve.md",
    ],
  );
});

test("headings become anchors as on code hosting sites", () => {
  const text =
    "# Hello, World!\n## `code` & more\nÜber uns\n---\n# Hello World\n```\n# no\n```\n### [Link](x.md) here ###\n";
  assert.deepEqual([...anchorsOf(page(text))], ["hello-world", "code--more", "über-uns", "hello-world-1", "link-here"]);
});

test("programs are the first words of commands", () => {
  assert.deepEqual(
    programs(
      "```bash\na | b && c; d || e & f\nX=1 sudo -E g\n(h)\necho \"sudo x\" 'y; z' # k\ncat <<'END'\nsudo l\nEND\n$ m <<< n\necho $(o p)\n```\n",
    ),
    ["a", "b", "c", "d", "e", "f", "sudo", "g", "h", "echo", "cat", "m", "echo", "o"],
  );
});

test("only shell blocks without no-run can be run", () => {
  const infos = [
    "bash",
    "sh",
    "shell",
    "console",
    "Bash copy",
    "bash no-run",
    "bash,no-run",
    "sh {no-run}",
    "yaml",
    "",
    "bashful",
  ];
  const runnable = infos.filter((info) => page(`\`\`\`${info}\nx\n\`\`\``).fences.some(isRunnable));
  assert.deepEqual(runnable, ["bash", "sh", "shell", "console", "Bash copy"]);
});

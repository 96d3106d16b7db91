import assert from "node:assert/strict";
import { test } from "node:test";
import { readFenceInfo } from "./fence-info.ts";

const read = (text: string): string => {
  const { info, faults } = readFenceInfo(text);
  const said = [
    info.language,
    info.kind,
    info.terminal === undefined ? "" : `in ${info.terminal}`,
    info.interrupt ? "after Ctrl-C" : "",
    info.save === undefined ? "" : `to ${info.save.path} ${info.save.mode?.toString(8) ?? ""}`,
    info.isWalked ? "" : "not walked",
    ...faults.map(({ kind, word, offset }) => `${kind} ${word}@${offset}`),
  ];
  return said
    .map((word) => word.trim())
    .filter((word) => word !== "")
    .join(", ");
};

test("a block says by language and words what its button does", () => {
  const cases = {
    "": "plain",
    Bash: "bash, run",
    "bash no-run": "bash, plain",
    "bash,no-run": "bash, plain",
    "bash {terminal=web interrupt}": "bash, run, in web, after Ctrl-C",
    "bash{terminal=web}": "bash, run, in web",
    "sql run terminal=db": "sql, run, in db",
    python: "python, plain",
    "python save=~/shop.py": "python, save, to ~/shop.py",
    'sh save="~/my shop/run" mode=0755': "sh, save, to ~/my shop/run 755",
    quiz: "quiz, quiz",
    mermaid: "mermaid, diagram",
    "mermaid run": "mermaid, run",
    "bash no-walk": "bash, run, not walked",
    "js {1,3-5}": "js, plain",
    "{run}": "run",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, read(text)])), cases);
});

test("what means nothing or cannot be is named with its place, and there is an answer all the same", () => {
  const cases = {
    "bash terminal": "bash, run, bad-value terminal@5",
    "bash terminal=Web!": "bash, run, bad-value terminal@5",
    "bash interrupt=yes": "bash, run, bad-value interrupt@5",
    "python interrupt": "python, plain, bad-value interrupt@7",
    "bash save=../x": "bash, save, bad-value save@5",
    "bash save=/": "bash, save, bad-value save@5",
    "bash save=~root/x": "bash, save, bad-value save@5",
    "bash save=x mode=999": "bash, save, to x, bad-value mode@12",
    "bash mode=644": "bash, run, bad-value mode@5",
    "bash save=x terminal=y": "bash, save, to x, bad-value terminal@12",
    "bash terminl=web": "bash, run, unknown-word terminl@5",
  };
  assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, read(text)])), cases);
});

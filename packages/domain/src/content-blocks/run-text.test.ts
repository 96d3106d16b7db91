import assert from "node:assert/strict";
import { test } from "node:test";
import { runnableText, typedText } from "./run-text.ts";

test("one line is typed with one Enter", () => {
  assert.equal(typedText(runnableText("ls -l\n", "bash"), true), "ls -l\r");
});

test("several lines come as one bracketed paste when the shell asked for it", () => {
  const text = runnableText("cd /tmp\nls\n", "bash");
  assert.equal(typedText(text, true), "\u001b[200~cd /tmp\rls\u001b[201~\r");
  assert.equal(typedText(text, false), "cd /tmp\rls\r");
});

test("console blocks run the prompted lines only", () => {
  assert.equal(runnableText("$ whoami\nstudent\n$ id -u\n1000\n", "console"), "whoami\nid -u");
  assert.equal(runnableText("# apt-get \\\n>   update\nHit:1", "console"), "apt-get \\\n  update");
  assert.equal(runnableText("echo no prompt\n", "console"), "echo no prompt");
});

test("a shell block keeps its comments, and loses prompts only when every line has one", () => {
  assert.equal(runnableText("# a comment\necho hi\n", "bash"), "# a comment\necho hi");
  assert.equal(runnableText("$ echo hi\n$ echo ho\n", "sh"), "echo hi\necho ho");
});

test("a block cannot press keys or end the paste early", () => {
  assert.equal(runnableText("echo a\u001b[201~\u0003b\u009b1~\r\nls\tx", "bash"), "echo a[201~b1~\nls    x");
});

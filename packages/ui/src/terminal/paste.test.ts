import assert from "node:assert/strict";
import { test } from "node:test";
import { controlCharacter, needsConfirmation, pastable } from "./paste.ts";

test("what is pasted presses no keys", () => {
  assert.equal(pastable("ls\u001b[201~\rrm -rf ~\u0003\u009b1A\tx\n"), "ls[201~\rrm -rf ~1A\tx\n");
});

test("several lines are asked about only where they would run one by one", () => {
  const ask = (text: string, bracketedPaste = false) => needsConfirmation(text, { bracketedPaste });
  assert.deepEqual(
    [ask("ls"), ask("ls\n"), ask("a\nb"), ask("a\rb"), ask("a\r\nb\r\n"), ask("a\nb", true)],
    [false, false, true, true, true, false],
  );
});

test("Control and a key", () => {
  assert.deepEqual(["c", "C", "[", " ", "1", "é", "Enter"].map(controlCharacter), [
    "\u0003",
    "\u0003",
    "\u001b",
    "\u0000",
    undefined,
    undefined,
    undefined,
  ]);
});

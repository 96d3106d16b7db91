import assert from "node:assert/strict";
import { test } from "node:test";
import { arrowKey, controlCharacter, needsConfirmation, pastable } from "./paste.ts";

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

test("an arrow is sent as the program in front wants it, and goes with Control", () => {
  const sent = (isControlHeld: boolean, isApplication: boolean) =>
    arrowKey("\u001b[D", { isControlHeld, isApplication });
  assert.deepEqual(
    [sent(false, false), sent(false, true), sent(true, false), sent(true, true)],
    ["\u001b[D", "\u001bOD", "\u001b[1;5D", "\u001b[1;5D"],
  );
  assert.equal(arrowKey("\t", { isControlHeld: true, isApplication: true }), undefined);
});

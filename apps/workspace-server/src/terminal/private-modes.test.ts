import assert from "node:assert/strict";
import { test } from "node:test";
import { PrivateModes } from "./private-modes.ts";

const after = (text: string, bytesAtOnce = text.length): PrivateModes => {
  const modes = new PrivateModes();
  for (let at = 0; at < text.length; at += bytesAtOnce) modes.push(Buffer.from(text.slice(at, at + bytesAtOnce)));
  return modes;
};

test("a mode is found however few bytes come at a time", () => {
  const text = "$ vim\r\n\u001b[?1049h\u001b[?2004;1004h~\u001b[?25l\u001b[?25h$ ";
  for (const bytesAtOnce of [1, 2, 3, 5, text.length])
    assert.equal(
      after(text, bytesAtOnce).sequence,
      "\u001b[?1049h\u001b[?2004h\u001b[?1004h\u001b[?25h",
      `${bytesAtOnce} at once`,
    );
});

test("modes are set in the order in which they were set last, for one kind of mouse report ends another", () => {
  assert.equal(after("\u001b[?1000h\u001b[?1002h\u001b[?1002l\u001b[?1000h").sequence, "\u001b[?1002l\u001b[?1000h");
});

test("numbers that are no modes are not kept, so that nobody can fill the memory with them", () => {
  const modes = new PrivateModes();
  for (let mode = 3000; mode < 6000; mode++) modes.push(Buffer.from(`\u001b[?${mode};1h`));
  assert.equal(modes.sequence, "\u001b[?1h");
});

test("the alternate screen is the one that was chosen last, by whatever mode", () => {
  for (const [text, isAlternate] of [
    ["", false],
    ["\u001b[?1049h", true],
    ["\u001b[?1049h\u001b[?1049l", false],
    ["\u001b[?47h\u001b[?2004h", true],
    ["\u001b[?1049h\u001b[?1047l", false],
  ] as const)
    assert.equal(after(text).isAlternateScreen, isAlternate, JSON.stringify(text));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, plainLines } from "./plain-lines.ts";

const linesOf = (text: string, size: number): readonly string[] => {
  const bytes = Buffer.from(text);
  const lines: string[] = [];
  const reader = plainLines((line) => lines.push(line));
  for (let at = 0; at < bytes.length; at += size) reader.take(bytes.subarray(at, at + size));
  reader.end();
  return lines;
};

test("lines come out the same however the output was cut", () => {
  const text = "grün ✓\r\n\n  \nzwei\nohne Ende ä";
  for (let size = 1; size < 12; size++)
    assert.deepEqual(linesOf(text, size), ["grün ✓", "zwei", "ohne Ende ä"], `${size}`);
});

test("a progress bar is its last state", () => {
  assert.deepEqual(linesOf("10%\r50%\r100%\ndone\n", 3), ["100%", "done"]);
});

test("colours, titles, bells and other control characters do not get through", () => {
  const cases = {
    "\u001b[31mred\u001b[0m": "red",
    "\u001b]0;title\u0007text": "text",
    "\u001b]8;;http://x.test\u001b\\link\u001b]8;;\u001b\\": "link",
    "bell\u0007 and \u009b31m": "bell and 31m",
    "\u001b(Bcharset": "Bcharset",
    "tab\tstays": "tab\tstays",
  };
  for (const [text, expected] of Object.entries(cases)) assert.equal(plain(text), expected);
});

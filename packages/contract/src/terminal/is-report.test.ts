import assert from "node:assert/strict";
import { test } from "node:test";
import { isReport } from "./is-report.ts";

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

test("answers of terminals are told from what people type", () => {
  for (const report of [
    "\u001b[?1;2c",
    "\u001b[>0;276;0c",
    "\u001b[12;40R",
    "\u001b[0n",
    "\u001b[?2026;2$y",
    "\u001b[I",
  ])
    assert.equal(isReport(bytesOf(report)), true, JSON.stringify(report));
  for (const report of ["\u001bP1$r0m\u001b\\", "\u001b]11;rgb:00/00/00\u001b\\"])
    assert.equal(isReport(bytesOf(report)), true, JSON.stringify(report));
  for (const typed of [
    "a",
    "\r",
    "\u0003",
    "\u001b",
    "\u001b[A",
    "\u001bOP",
    "\u001b[15~",
    "\u001b[200~ls\u001b[201~",
    "\u001bP",
    "\u001b]",
    "é",
  ])
    assert.equal(isReport(bytesOf(typed)), false, JSON.stringify(typed));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveViewer, isReport } from "./active-viewer.ts";

const small = { cols: 80, rows: 24 };
const large = { cols: 200, rows: 60 };

test("who came first has the size until somebody else types; who leaves gives it back", () => {
  const active = new ActiveViewer<string>();
  assert.deepEqual(active.fits("laptop", large), large);
  assert.deepEqual(active.fits("phone", small), large, "a second window changes nothing");
  assert.deepEqual(active.typed("phone"), small);
  assert.deepEqual(active.fits("laptop", { cols: 190, rows: 60 }), small, "nor does a window that is made smaller");
  assert.equal(active.is("phone"), true);
  assert.deepEqual(active.left("phone"), { cols: 190, rows: 60 });
  assert.deepEqual(active.typed("laptop"), { cols: 190, rows: 60 });
  assert.equal(active.left("laptop"), undefined);
  assert.deepEqual(active.fits("tablet", small), small);
});

test("answers of terminals are told from what people type", () => {
  for (const report of [
    "\u001b[?1;2c",
    "\u001b[>0;276;0c",
    "\u001b[12;40R",
    "\u001b[0n",
    "\u001b[?2026;2$y",
    "\u001b[I",
  ])
    assert.equal(isReport(Buffer.from(report)), true, JSON.stringify(report));
  for (const report of ["\u001bP1$r0m\u001b\\", "\u001b]11;rgb:00/00/00\u001b\\"])
    assert.equal(isReport(Buffer.from(report)), true, JSON.stringify(report));
  for (const typed of [
    "a",
    "\r",
    "\u0003",
    "\u001b",
    "\u001b[A",
    "\u001bOP",
    "\u001b[15~",
    "\u001b[200~ls\u001b[201~",
    "é",
  ])
    assert.equal(isReport(Buffer.from(typed)), false, JSON.stringify(typed));
});

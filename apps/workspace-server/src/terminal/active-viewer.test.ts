import assert from "node:assert/strict";
import { test } from "node:test";
import { ActiveViewer } from "./active-viewer.ts";

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

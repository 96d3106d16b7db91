import assert from "node:assert/strict";
import { test } from "node:test";
import { freeSpace, spaceFinding } from "./space-finding.ts";

const gibibyte = 1024 ** 3;

test("a disk that fills is warned of before it is full, with what to do", () => {
  const of = (gibibytes: number) => spaceFinding("Disk", gibibytes * gibibyte, "Make room.");
  assert.deepEqual(of(5), { check: "Disk", status: "ok", found: "5.0 GiB free", fix: "" });
  assert.deepEqual(of(4.9), { check: "Disk", status: "warning", found: "4.9 GiB free", fix: "Make room." });
  assert.deepEqual(of(0.5), { check: "Disk", status: "error", found: "0.5 GiB free", fix: "Make room." });
});

test("what cannot be looked at is not guessed", async () => {
  assert.ok(((await freeSpace("/")) ?? 0) > 0);
  assert.equal(await freeSpace("/no/such/folder"), undefined);
});

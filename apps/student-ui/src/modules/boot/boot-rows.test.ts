import assert from "node:assert/strict";
import { test } from "node:test";
import { bootPhases } from "@atelier/contract";
import { bootRows } from "./boot-rows.ts";

test("phases before the present one are done, those after it are to come", () => {
  assert.deepEqual(
    bootRows({ phase: "restore", elapsedMs: 1 }).map(({ state }) => state),
    ["done", "done", "current", "pending", "pending"],
  );
});

test("ready has nothing left to do, and standby waits for the lease", () => {
  assert.ok(bootRows({ phase: "ready", elapsedMs: 1 }).every(({ state }) => state === "done"));
  assert.equal(bootRows({ phase: "standby", elapsedMs: 1 })[1]?.state, "current");
});

test("every phase gives a whole list", () => {
  for (const phase of bootPhases) assert.equal(bootRows({ phase, elapsedMs: 1 }).length, 5, phase);
});

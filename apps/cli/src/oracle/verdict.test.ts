import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, type Observation } from "./verdict.ts";

const saw = (outcome: "passed" | "failed" | "error" | "timeout"): Observation => ({
  outcome,
  assertions: outcome === "failed" ? [{ id: "a", title: "the file is there", status: "failed", found: "false" }] : [],
  ...(outcome === "error" ? { cause: "not valid" } : {}),
});

test("only failing before and passing after is a proof", () => {
  const verdicts = (["passed", "failed", "error", "timeout"] as const).flatMap((before) =>
    (["passed", "failed", "error", "timeout"] as const).map(
      (after) => `${before} ${after} ${judge(saw(before), saw(after)).verdict}`,
    ),
  );
  assert.deepEqual(verdicts, [
    "passed passed vacuous",
    "passed failed broken",
    "passed error broken",
    "passed timeout broken",
    "failed passed proved",
    "failed failed broken",
    "failed error broken",
    "failed timeout broken",
    "error passed broken",
    "error failed broken",
    "error error broken",
    "error timeout broken",
    "timeout passed broken",
    "timeout failed broken",
    "timeout error broken",
    "timeout timeout broken",
  ]);
  assert.deepEqual(judge(saw("failed"), saw("failed")).failures, ["the file is there: found false"]);
});

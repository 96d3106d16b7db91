import assert from "node:assert/strict";
import { test } from "node:test";
import { type Part, sum, summary, verdict } from "./part.ts";
import { collect } from "./run-parts.ts";

const part = (name: string, run: Part["run"]): Part => ({ name, run });

test("all parts run, also behind one that fails and one that throws", async () => {
  const lines: string[] = [];
  const result = await collect(
    [
      part("good", async () => verdict(true, "")),
      part("bad", async () => verdict(false, "line 3 is wrong")),
      part("broken", async () => {
        throw new Error("no such tool");
      }),
      part("last", async () => ({
        passed: 5,
        failed: 0,
        skipped: [{ name: "moon", reason: "needs a moon" }],
        report: "",
      })),
    ],
    (line) => lines.push(line),
  );
  assert.deepEqual([result.passed, result.failed], [6, 2]);
  assert.match(lines.join("\n"), /FAIL {2}bad[^\n]*\n {6}line 3 is wrong/);
  assert.match(lines.join("\n"), /FAIL {2}broken[^\n]*\n {6}Error: no such tool/);
  assert.match(lines.join("\n"), /ok {4}last/);
});

test("the last line sums up, the lines before name what was skipped and why", () => {
  const skipped = [{ name: "a.test.ts: moon", reason: "needs a moon" }];
  assert.deepEqual(
    summary(sum([verdict(true, ""), verdict(false, "x"), { passed: 3, failed: 0, skipped, report: "" }])),
    ["skipped: a.test.ts: moon: needs a moon", "4 passed, 1 failed, 1 skipped"],
  );
});

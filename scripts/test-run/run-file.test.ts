import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runFile } from "./run-file.ts";
import { secondTries, sumOutcomes } from "./run-suite.ts";
import type { FileOutcome } from "./test-outcome.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "atelier-run-file-"));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Runs a text as a file of tests. */
const run = async (text: string, timeoutMs = 20_000): Promise<FileOutcome> => {
  const file = join(folder, `case-${text.length}.test.mjs`);
  await writeFile(file, `import { describe, test } from "node:test";\n${text}`);
  return runFile(file, timeoutMs);
};

test("every test is told with its suites, its failure or the reason for leaving it out", async () => {
  const { tests, fault, output } = await run(`
    test("fine", () => console.log("said"));
    test("wrong", () => { throw new Error("because"); });
    test("left out", { skip: "needs a moon" }, () => {});
    test("left out silently", { skip: true }, () => {});
    describe("outer", () => { describe("inner", () => { test("deep", () => {}); }); });
  `);
  assert.deepEqual(
    tests.map(({ name, status, reason }) => [name, status, reason]),
    [
      ["fine", "passed", undefined],
      ["wrong", "failed", undefined],
      ["left out", "skipped", "needs a moon"],
      ["left out silently", "skipped", undefined],
      ["outer › inner › deep", "passed", undefined],
    ],
  );
  assert.match(tests[1]?.error ?? "", /because/);
  assert.deepEqual([fault, output.trim()], [undefined, "said"]);
});

test("a file without tests, one that crashes and one that never ends have failed", async () => {
  assert.match((await run("export const nothing = 1;")).fault ?? "", /holds no test/);
  assert.match((await run('test("a", () => {}); process.exit(3);')).fault ?? "", /holds no test|exit code 3/);
  const hanging = await run('test("a", () => {}); setInterval(() => {}, 1000);', 3000);
  assert.match(hanging.fault ?? "", /did not end within 3 s/);
});

test("a skipped test without a reason counts as failed, a fault of a file as one more", () => {
  const outcome: FileOutcome = {
    file: "a.test.ts",
    tests: [
      { name: "fine", status: "passed" },
      { name: "left out", status: "skipped", reason: "needs a moon" },
      { name: "left out silently", status: "skipped" },
    ],
    fault: "crashed",
    output: "",
    ms: 1,
  };
  const { passed, failed, skipped } = sumOutcomes([outcome], true);
  assert.deepEqual(
    { passed, failed, skipped },
    { passed: 1, failed: 2, skipped: [{ name: "a.test.ts: left out", reason: "needs a moon" }] },
  );
});

test("a failed file gets one more try, alone, and whatever comes of it is told", async () => {
  const outcome = (file: string, status: "passed" | "failed"): FileOutcome => ({
    file,
    tests: [{ name: "a test", status, ...(status === "failed" ? { error: `late in ${file}` } : {}) }],
    output: "",
    ms: 1,
  });
  const tried: string[] = [];
  const { settled, unsteady } = await secondTries(
    [outcome("fine", "passed"), outcome("noisy", "failed"), outcome("broken", "failed")],
    async (file) => {
      tried.push(file);
      return outcome(file, file === "noisy" ? "passed" : "failed");
    },
  );
  assert.deepEqual(tried, ["noisy", "broken"]);
  assert.deepEqual([sumOutcomes(settled, true).passed, sumOutcomes(settled, true).failed], [2, 1]);
  assert.match(unsteady[0] ?? "", /^unsteady: failed, then passed alone: noisy[\s\S]*late in noisy/);
  assert.match(unsteady[1] ?? "", /^failed twice: broken[\s\S]*late in broken/);
});

test("many failed files are no bad luck: none is tried again", async () => {
  const failed: FileOutcome[] = ["a", "b", "c", "d", "e"].map((file) => ({
    file,
    tests: [],
    fault: "f",
    output: "",
    ms: 1,
  }));
  const { settled, unsteady } = await secondTries(failed, () => Promise.reject(new Error("not to be run")));
  assert.deepEqual([sumOutcomes(settled, true).failed, unsteady], [5, []]);
});

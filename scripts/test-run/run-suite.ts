import { isAppError } from "@atelier/domain";
import { ensureChromium } from "../ensure-chromium.ts";
import { ensureDocker } from "../ensure-docker.ts";
import type { PartResult } from "../gate/part.ts";
import { print, seconds } from "../gate/print.ts";
import { runFile } from "./run-file.ts";
import { fileTimeoutMs, filesOf, type Suite } from "./suites.ts";
import type { FileOutcome, TestOutcome } from "./test-outcome.ts";

export interface SuiteOptions {
  /** Only files whose path contains this. */
  readonly only?: string;
  /** Print a line per file as it ends; otherwise nothing is printed. */
  readonly isVerbose: boolean;
}

/**
 * Runs a suite, file by file in a process each. Fails when there is no test, when a test is skipped
 * without a reason, and when a file crashes or hangs; a fault of a file counts as one failed test. A failed
 * file gets a second try ({@link secondTries}).
 */
export const runSuite = async (suite: Suite, { only = "", isVerbose }: SuiteOptions): Promise<PartResult> => {
  const files = filesOf(suite).filter((file) => file.includes(only));
  const of = only === "" ? "" : ` whose path contains "${only}"`;
  if (files.length === 0) return { passed: 0, failed: 1, skipped: [], report: `There is no ${suite.name} test${of}.` };
  const missing = suite.needsDocker ? await missingEngine() : undefined;
  if (missing !== undefined) return { passed: 0, failed: 1, skipped: [], report: missing };
  if (suite.needsChromium) ensureChromium(print.line);
  const waiting = [...files];
  const outcomes: FileOutcome[] = [];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const outcome = await runFile(file, fileTimeoutMs);
      outcomes.push(outcome);
      if (isVerbose) fileLines(outcome).forEach(print.line);
    }
  };
  await Promise.all(Array.from({ length: suite.concurrency }, work));
  const { settled, unsteady } = await secondTries(outcomes, (file) => runFile(file, fileTimeoutMs));
  unsteady.forEach(print.line);
  return sumOutcomes(settled, isVerbose && unsteady.length === 0);
};

/** More failed files than this are no bad luck; none of them gets a second try. */
const secondTriesAtMost = 4;

/**
 * Runs failed files once more, alone, after all others: a noisy machine starves real processes, and one
 * late answer must not hide what the other tests say. What passes only then is told with its first failure,
 * never in silence; what fails twice has failed. Pure but for `run`; exported for its test.
 */
export const secondTries = async (
  outcomes: readonly FileOutcome[],
  run: (file: string) => Promise<FileOutcome>,
): Promise<{ readonly settled: readonly FileOutcome[]; readonly unsteady: readonly string[] }> => {
  const failed = outcomes.filter(hasFailed);
  if (failed.length > secondTriesAtMost) return { settled: outcomes, unsteady: [] };
  const settled = [...outcomes];
  const unsteady: string[] = [];
  for (const first of failed) {
    const second = await run(first.file);
    settled[settled.indexOf(first)] = second;
    const verdict = hasFailed(second) ? "failed twice" : "unsteady: failed, then passed alone";
    unsteady.push(`${verdict}: ${first.file} (${seconds(second.ms)})\n${failureText(first)}`);
  }
  return { settled, unsteady };
};

/** Why no engine can be had, or undefined when one answers. */
const missingEngine = async (): Promise<string | undefined> => {
  try {
    await ensureDocker({ log: print.line });
    return undefined;
  } catch (cause) {
    if (!isAppError(cause)) throw cause;
    return `${cause.message} ${cause.hint ?? ""}`.trim();
  }
};

const failedTests = (outcome: FileOutcome): readonly TestOutcome[] =>
  outcome.tests.filter(({ status, reason }) => status === "failed" || (status === "skipped" && reason === undefined));

const hasFailed = (outcome: FileOutcome): boolean => failedTests(outcome).length > 0 || outcome.fault !== undefined;

const fileLines = (outcome: FileOutcome): readonly string[] => {
  const isOk = !hasFailed(outcome);
  const line = `${isOk ? "ok  " : "FAIL"}  ${outcome.file} (${outcome.tests.length} tests, ${seconds(outcome.ms)})`;
  return [line, ...(isOk ? [] : [failureText(outcome)])];
};

const failureText = (outcome: FileOutcome): string =>
  [
    ...failedTests(outcome).map(
      ({ name, error }) => `✖ ${outcome.file}: ${name}\n${indent(error ?? "skipped without a reason")}`,
    ),
    ...(outcome.fault === undefined ? [] : [`✖ ${outcome.file}: ${outcome.fault}`]),
    ...(outcome.output.trim() === "" ? [] : [indent(tail(outcome.output.trimEnd()))]),
  ].join("\n");

const indent = (text: string): string => text.replaceAll(/^/gm, "    ");

const tail = (output: string): string => output.split("\n").slice(-60).join("\n");

/** What a suite's files sum up to. Pure; exported for its test. */
export const sumOutcomes = (outcomes: readonly FileOutcome[], isPrinted: boolean): PartResult => {
  const tests = outcomes.flatMap((outcome) => outcome.tests);
  const failed = outcomes.flatMap(failedTests).length + outcomes.filter(({ fault }) => fault !== undefined).length;
  const skipped = outcomes.flatMap(({ file, tests: own }) =>
    own
      .filter(({ status, reason }) => status === "skipped" && reason !== undefined)
      .map(({ name, reason }) => ({ name: `${file}: ${name}`, reason })),
  );
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    failed,
    skipped,
    report:
      isPrinted || failed === 0
        ? ""
        : outcomes
            .map(failureText)
            .filter((text) => text.startsWith("✖"))
            .join("\n"),
    note: `${tests.length} tests in ${outcomes.length} files`,
  };
};

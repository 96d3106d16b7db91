import { print, seconds } from "./print.ts";

/** One part of the gate: types of one package, the linter, the boundaries, a suite of tests. */
export interface Part {
  readonly name: string;
  run(): Promise<PartResult>;
}

export interface PartResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
  /** What to print when something failed; printed as it is. */
  readonly report: string;
  /** Said behind the part's name, also when all is well. */
  readonly note?: string;
}

export interface SkippedTest {
  readonly name: string;
  /** Undefined when the test states none, which makes it a failure. */
  readonly reason: string | undefined;
}

/** A part that either holds or does not: types, lint, boundaries. */
export const verdict = (isOk: boolean, report: string, note?: string): PartResult => ({
  passed: isOk ? 1 : 0,
  failed: isOk ? 0 : 1,
  skipped: [],
  report: isOk ? "" : report,
  ...(note === undefined ? {} : { note }),
});

/**
 * Runs all parts, at most two at once (they are processes of their own, and machines have two cores at
 * least), prints a line for each as it ends, and never stops at a failed one. A part that throws has failed.
 */
export const runParts = async (parts: readonly Part[]): Promise<PartResult> => {
  const waiting = [...parts];
  const results: PartResult[] = [];
  const work = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) results.push(await runPart(part));
  };
  await Promise.all([work(), work()]);
  return sum(results);
};

const runPart = async (part: Part): Promise<PartResult> => {
  const started = performance.now();
  const result = await part.run().catch((cause: unknown) => verdict(false, describe(cause)));
  const isOk = result.failed === 0;
  const note = result.note === undefined ? "" : `  ${result.note}`;
  print.line(
    `${isOk ? "ok  " : "FAIL"}  ${part.name.padEnd(36)} ${seconds(performance.now() - started).padStart(7)}${note}`,
  );
  if (!isOk && result.report !== "") print.line(indent(result.report));
  return result;
};

export const sum = (results: readonly PartResult[]): PartResult => ({
  passed: results.reduce((total, { passed }) => total + passed, 0),
  failed: results.reduce((total, { failed }) => total + failed, 0),
  skipped: results.flatMap(({ skipped }) => skipped),
  report: "",
});

const describe = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));

const indent = (text: string): string => text.trimEnd().replaceAll(/^/gm, "      ");

/** Skipped tests with their reasons, then the one line that sums everything up. */
export const summary = ({ passed, failed, skipped }: PartResult): readonly string[] => [
  ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason ?? "no reason stated"}`),
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
];

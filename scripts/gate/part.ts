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

export const sum = (results: readonly PartResult[]): PartResult => ({
  passed: results.reduce((total, { passed }) => total + passed, 0),
  failed: results.reduce((total, { failed }) => total + failed, 0),
  skipped: results.flatMap(({ skipped }) => skipped),
  report: "",
});

/** Skipped tests with their reasons, then the one line that sums everything up. */
export const summary = ({ passed, failed, skipped }: PartResult): readonly string[] => [
  ...skipped.map(({ name, reason }) => `skipped: ${name}: ${reason ?? "no reason stated"}`),
  `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
];

/** What became of one test. */
export interface TestOutcome {
  /** With the names of the suites around it. */
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  /** Why it was skipped, if it said so. */
  readonly reason?: string;
  /** The failure with its stack. */
  readonly error?: string;
}

/** What became of one file of tests. */
export interface FileOutcome {
  readonly file: string;
  readonly tests: readonly TestOutcome[];
  /** Why the file as a whole failed, whatever its tests said: it crashed, hung, or holds no test. */
  readonly fault?: string;
  /** Both output streams; worth showing only when something failed. */
  readonly output: string;
  readonly ms: number;
}

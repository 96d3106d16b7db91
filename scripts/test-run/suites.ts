import { listFiles } from "../source/source-files.ts";

export type SuiteName = "unit" | "docker" | "soak" | "browser" | "journey";

/** A kind of tests: the suffix of a file tells which. */
export interface Suite {
  readonly name: SuiteName;
  /** Whether a file of the repository belongs to it. */
  readonly owns: (path: string) => boolean;
  /** Files at once. Suites that share an engine or the machine's whole power run one after the other. */
  readonly concurrency: number;
  readonly needsDocker: boolean;
  /** Whether its files drive Debian's Chromium. */
  readonly needsChromium: boolean;
}

export const suites: Readonly<Record<SuiteName, Suite>> = {
  unit: {
    name: "unit",
    owns: (path) =>
      /^(packages|apps|scripts)\/.*\.test\.tsx?$/.test(path) && !/\.(docker|soak|browser)\.test\./.test(path),
    concurrency: 2,
    needsDocker: false,
    needsChromium: false,
  },
  docker: {
    name: "docker",
    owns: (path) => /^tests\/.*\.docker\.test\.ts$/.test(path),
    concurrency: 1,
    needsDocker: true,
    // Journeys on real workspaces look at them in a browser.
    needsChromium: true,
  },
  browser: {
    name: "browser",
    owns: (path) => /^tests\/.*(?<!\.docker)\.browser\.test\.ts$/.test(path),
    concurrency: 1,
    needsDocker: false,
    needsChromium: true,
  },
  journey: {
    name: "journey",
    owns: (path) => /^tests\/.*\.docker\.browser\.test\.ts$/.test(path),
    concurrency: 1,
    needsDocker: true,
    needsChromium: true,
  },
  soak: {
    name: "soak",
    owns: (path) => /\.soak\.test\.ts$/.test(path),
    concurrency: 1,
    needsDocker: false,
    needsChromium: true,
  },
};

/** A whole file may take this long. */
export const fileTimeoutMs = 10 * 60_000;

export const filesOf = (suite: Suite): readonly string[] => listFiles().filter(suite.owns);

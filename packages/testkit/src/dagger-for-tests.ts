import { spawnSync } from "node:child_process";

/** A Dagger engine that tests may use, as variables for whoever is to find it. */
export interface DaggerForTests {
  readonly env: Readonly<Record<string, string>>;
}

let search: { readonly found: DaggerForTests | undefined } | undefined;

/**
 * The engine that `ATELIER_TEST_DAGGER_HOST` and `ATELIER_TEST_DAGGER_CLI` name, or one that `dagger` on PATH
 * reaches; undefined where there is none. Nothing is installed for it: suites say in their names which builder
 * they ran on.
 */
export const daggerForTests = (): DaggerForTests | undefined => {
  search ??= { found: look() };
  return search.found;
};

const look = (): DaggerForTests | undefined => {
  const { ATELIER_TEST_DAGGER_HOST: host, ATELIER_TEST_DAGGER_CLI: cli } = process.env;
  if (host && cli) return { env: { _EXPERIMENTAL_DAGGER_RUNNER_HOST: host, _EXPERIMENTAL_DAGGER_CLI_BIN: cli } };
  const { status } = spawnSync("dagger", ["core", "version"], { stdio: "ignore", timeout: 30_000 });
  return status === 0 ? { env: {} } : undefined;
};

/** A builder that a suite runs on. */
export interface BuilderForTests {
  readonly builder: "docker" | "dagger";
  /** For names of tests: which builder it is, and that the other one is not here. */
  readonly suite: string;
  /** Variables by which the builder finds its engine. */
  readonly env: Readonly<Record<string, string>>;
}

/** Docker always, and Dagger where there is an engine of it. */
export const buildersForTests = (): readonly BuilderForTests[] => {
  const dagger = daggerForTests();
  if (dagger === undefined) return [{ builder: "docker", suite: "docker builder, no Dagger engine here", env: {} }];
  return (["docker", "dagger"] as const).map((builder) => ({ builder, suite: `${builder} builder`, env: dagger.env }));
};

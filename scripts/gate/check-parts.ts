import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkBoundaries } from "../boundaries.ts";
import { checkConventions } from "../conventions.ts";
import { outdatedFiles } from "../generated/generated-files.ts";
import { listFiles } from "../source/source-files.ts";
import { runSuite } from "../test-run/run-suite.ts";
import { suites } from "../test-run/suites.ts";
import { type Part, verdict } from "./part.ts";
import { root } from "./root.ts";
import { runTool } from "./run-tool.ts";

/** Everything `npm run check` looks at, the longest first, so that two at once end together. */
export const checkParts = (): readonly Part[] => [
  { name: "unit tests", run: () => runSuite(suites.unit, { isVerbose: false }) },
  ...typeProjects().map(typesOf),
  { name: "lint", run: () => biome("lint") },
  { name: "format", run: () => biome("format", unformattedNote()) },
  places("boundaries", checkBoundaries),
  places("conventions", checkConventions),
  { name: "generated files", run: generated },
];

/** Every tsconfig of a package and an app, the root's own (scripts, bench, tests), and that of tests in a browser. */
const typeProjects = (): readonly string[] => {
  const files = new Set(listFiles());
  const folders = ["packages", "apps"].flatMap((kind) =>
    readdirSync(join(root, kind)).map((name) => `${kind}/${name}`),
  );
  const own = folders.flatMap((folder) => ["tsconfig.json", "tsconfig.test.json"].map((name) => `${folder}/${name}`));
  return [...own, "tsconfig.json", "tests/tsconfig.browser.json"].filter(
    (project) => files.has(project) && hasInput(project, files),
  );
};

/** An empty project is an error to tsc; a folder gets its types checked with its first file. */
const hasInput = (project: string, files: ReadonlySet<string>): boolean => {
  const folder = project.slice(0, project.lastIndexOf("/") + 1);
  const kind = /tsconfig\.(\w+)\.json$/.exec(project)?.[1];
  const suffix =
    kind === undefined ? /\.tsx?$/ : kind === "test" ? /\.test\.tsx?$/ : new RegExp(`\\.${kind}\\.test\\.tsx?$`);
  return [...files].some((path) => path.startsWith(folder) && suffix.test(path));
};

const typesOf = (project: string): Part => ({
  name: `types ${project.replace(/\/?tsconfig\.json$/, "").replace(/tsconfig\.(\w+)\.json$/, "$1") || "scripts, bench, tests"}`,
  run: async () => {
    // What was found last time is kept beside the tools, so that only what changed is looked at again.
    const kept = join(root, "node_modules/.cache/atelier-types", `${project.replaceAll("/", "-")}.tsbuildinfo`);
    const { isOk, output } = await runTool("tsc", ["-p", project, "--incremental", "--tsBuildInfoFile", kept]);
    return verdict(isOk, output);
  },
});

const biome = async (command: "lint" | "format", note?: string): ReturnType<Part["run"]> => {
  const { isOk, output } = await runTool("biome", [command, "--diagnostic-level=error", "--max-diagnostics=50"]);
  return verdict(isOk, output, note);
};

/** The folders that biome.json leaves unformatted for now, so that nobody forgets them. */
const unformattedNote = (): string | undefined => {
  const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8")) as BiomeConfig;
  const folders = (config.overrides ?? [])
    .filter(({ formatter }) => formatter?.enabled === false)
    .flatMap(({ includes }) => includes);
  return folders.length === 0 ? undefined : `not yet: ${folders.join(" ")}`;
};

interface BiomeConfig {
  readonly overrides?: readonly {
    readonly includes: readonly string[];
    readonly formatter?: { readonly enabled?: boolean };
  }[];
}

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const places = (name: string, find: () => readonly Finding[]): Part => ({
  name,
  run: async () => {
    const found = find();
    return verdict(
      found.length === 0,
      found.map(({ file, line, message }) => `${file}:${line}: ${message}`).join("\n"),
    );
  },
});

const generated = async (): ReturnType<Part["run"]> => {
  const outdated = outdatedFiles();
  return verdict(outdated.length === 0, `${outdated.join("\n")}\nnot as generated; npm run fix writes them.`);
};

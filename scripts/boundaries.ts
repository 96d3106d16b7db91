import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { root } from "./gate/root.ts";
import { isCode, isTestCode, listFiles, readSource, type SourceFile } from "./source/source-files.ts";
import { type Import, importsOf } from "./source/imports.ts";

/**
 * Who may import whom (architecture.md, "Where things live"): apps → adapters → contract → domain. A row
 * lists packages; nobody imports an app. To let a line pass, discuss its row. `testkit` is open to tests
 * of every row, and to what drives the product without being part of it: the demo's check and benches.
 */
export const table: Readonly<Record<string, readonly string[]>> = {
  "packages/domain": [],
  "packages/contract": ["domain"],
  "packages/node-kit": ["domain", "contract"],
  "packages/testkit": ["domain", "contract", "node-kit"],
  "packages/backend-docker": ["domain", "contract", "node-kit"],
  "packages/build": ["domain", "contract", "node-kit", "backend-docker"],
  "packages/ui": ["domain", "contract"],
  "apps/cli": ["domain", "contract", "node-kit", "backend-docker", "build"],
  "apps/supervisor": ["domain", "contract", "node-kit", "backend-docker"],
  "apps/workspace-server": ["domain", "contract", "node-kit"],
  "apps/student-ui": ["domain", "contract", "ui"],
  "apps/instructor-ui": ["domain", "contract", "ui"],
  scripts: ["domain", "contract", "node-kit", "backend-docker", "build", "testkit"],
  bench: ["domain", "contract", "node-kit", "backend-docker", "build", "testkit"],
  tests: ["domain", "contract", "node-kit", "backend-docker", "build", "testkit"],
};

/** A line that crosses a boundary. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What the check reads of a `package.json`. */
export interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** Manifests by folder; `""` is the root's. */
export type Manifests = ReadonlyMap<string, Manifest>;

interface Place {
  readonly file: SourceFile;
  /** Row of the table. */
  readonly zone: string;
  readonly manifests: Manifests;
}

/** Every crossing in a list of files. Pure. */
export const findViolations = (files: readonly SourceFile[], manifests: Manifests): readonly Violation[] =>
  files.flatMap((file) => {
    const zone = zoneOf(file.path);
    if (zone === undefined) return [];
    if (!Object.hasOwn(table, zone)) {
      return [{ file: file.path, line: 1, message: `${zone} has no row in the table of scripts/boundaries.ts.` }];
    }
    return importsOf(file).flatMap((found) => {
      const message = faultOf(found, { file, zone, manifests });
      return message === undefined ? [] : [{ file: file.path, line: found.line, message }];
    });
  });

const zoneOf = (path: string): string | undefined => {
  const [first = "", second = ""] = path.split("/");
  if (first === "packages" || first === "apps") return `${first}/${second}`;
  return ["scripts", "bench", "tests"].includes(first) ? first : undefined;
};

const faultOf = ({ specifier }: Import, place: Place): string | undefined => {
  if (specifier.startsWith("node:")) return undefined;
  if (specifier.startsWith(".")) return relativeFault(specifier, place);
  return undeclaredFault(specifier, place) ?? crossingFault(specifier, place);
};

const relativeFault = (specifier: string, { file, zone }: Place): string | undefined => {
  const target = posix.normalize(posix.join(posix.dirname(file.path), specifier));
  if (!target.startsWith(`${zone}/`)) return `"${specifier}" leaves ${zone}; import the package by its name.`;
  const isBarrel = target === `${zone}/src/index.ts` && zone.startsWith("packages/");
  return isBarrel && !isTestCode(file.path) ? `"${specifier}" is the barrel; inside, import the file.` : undefined;
};

/** `@scope/name` or `name` of a specifier, without the subpath. */
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** npm hoisting makes undeclared imports work on one machine and not on the next. */
const undeclaredFault = (specifier: string, { file, zone, manifests }: Place): string | undefined => {
  const name = packageOf(specifier);
  const own = manifests.get(zone);
  const house = manifests.get("");
  if (own?.name === name) return `"${specifier}" is this package itself; inside, import the file.`;
  if (isDeclared(own, name)) return undefined;
  const isOfTheHouse = isDeclared(house, name) || name === "@atelier/testkit";
  if (isTestCode(file.path) && isOfTheHouse) return undefined;
  if (own === undefined && (isDeclared(house, name) || name.startsWith("@atelier/"))) return undefined;
  return `"${name}" is not declared in ${own === undefined ? "package.json" : `${zone}/package.json`}.`;
};

const isDeclared = (manifest: Manifest | undefined, name: string): boolean =>
  Object.hasOwn(manifest?.dependencies ?? {}, name) || Object.hasOwn(manifest?.devDependencies ?? {}, name);

const crossingFault = (specifier: string, { file, zone, manifests }: Place): string | undefined => {
  if (!specifier.startsWith("@atelier/")) return undefined;
  const name = packageOf(specifier).slice("@atelier/".length);
  if (name === "testkit" && isTestCode(file.path)) return undefined;
  if (manifests.has(`apps/${name}`)) return `${name} is an app, and nobody imports an app.`;
  const allowed = table[zone] ?? [];
  const row = `row "${zone}" allows ${allowed.join(", ") || "nothing"}`;
  if (!allowed.includes(name)) return `may not import "${specifier}": ${row} (scripts/boundaries.ts).`;
  const subpath = `.${specifier.slice("@atelier/".length + name.length)}`;
  const isExported = Object.hasOwn(manifests.get(`packages/${name}`)?.exports ?? {}, subpath);
  return isExported ? undefined : `"${specifier}" reaches into a package; its exports do not offer it.`;
};

const readManifest = (folder: string): readonly [string, Manifest] => [
  folder,
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest,
];

/** Every crossing in the repository as it stands on disk. */
export const checkBoundaries = (): readonly Violation[] => {
  const files = listFiles();
  const folders = new Set(["", ...files.map((path) => zoneOf(path) ?? "")]);
  const withManifest = [...folders].filter((folder) => existsSync(join(root, folder, "package.json")));
  return findViolations(files.filter(isCode).map(readSource), new Map(withManifest.map(readManifest)));
};

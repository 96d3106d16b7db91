import { type Manifest, sameEntry } from "./manifest.ts";
import { unitOf } from "./units.ts";

export interface CarryOverInput {
  /** The image the student stood on. */
  readonly base: Manifest;
  /** What the student had at the end. */
  readonly mine: Manifest;
  /** The image the student goes to. */
  readonly target: Manifest;
  /** Folders that are one unit besides those recognised by their content. */
  readonly keep: readonly string[];
}

export interface CarryOverPlan {
  /** Paths to write from the student's version, parents before children. */
  readonly apply: readonly string[];
  /** Paths to delete in the target, children before parents. */
  readonly remove: readonly string[];
  /** Changed by both sides: the image's version stands, the student's is offered. */
  readonly conflicts: readonly CarryOverConflict[];
}

export interface CarryOverConflict {
  /** A path, or the folder of a unit. */
  readonly unit: string;
  /** The student's paths in it that differ from the base. */
  readonly paths: readonly string[];
  readonly mine: "changed" | "created" | "deleted";
}

/**
 * Three-way carry-over. Per unit: what the student did not touch is the image's; what only the student
 * touched is the student's, deletions included; what both touched stays the image's and is listed.
 * Two sides that arrived at the same result do not conflict.
 */
export const planCarryOver = ({ base, mine, target, keep }: CarryOverInput): CarryOverPlan => {
  const unit = unitOf([base, mine, target], keep);
  const units = new Map<string, string[]>();
  for (const path of new Set([...base.keys(), ...mine.keys(), ...target.keys()])) {
    const name = unit(path);
    const members = units.get(name);
    if (members === undefined) units.set(name, [path]);
    else members.push(path);
  }

  const apply: string[] = [];
  const remove: string[] = [];
  const conflicts: CarryOverConflict[] = [];
  for (const [name, paths] of units) {
    const touched = paths.filter((path) => !sameEntry(base.get(path), mine.get(path)));
    if (touched.length === 0) continue;
    const differing = paths.filter((path) => !sameEntry(mine.get(path), target.get(path)));
    if (differing.length === 0) continue;
    const isStepChange = paths.some((path) => !sameEntry(base.get(path), target.get(path)));
    if (isStepChange && !onlyFoldersDiffer(paths, base, target)) {
      conflicts.push({ unit: name, paths: touched.toSorted(), mine: kindOf(touched, base, mine) });
      continue;
    }
    for (const path of differing)
      if (mine.has(path)) apply.push(path);
      else remove.push(path);
  }

  // A folder deleted by the student survives when something in it stays.
  const removed = new Set(remove);
  const inhabited = new Set<string>();
  for (const path of [...target.keys(), ...apply])
    if (!removed.has(path)) for (const folder of parentsOf(path)) inhabited.add(folder);
  const removable = remove.filter((path) => !inhabited.has(path));
  return {
    apply: apply.toSorted(),
    remove: removable.toSorted().toReversed(),
    conflicts: conflicts.toSorted((a, b) => (a.unit < b.unit ? -1 : 1)),
  };
};

const parentsOf = function* (path: string): Generator<string> {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) yield path.slice(0, end);
};

/** A step that merely changed the mode of a folder does not take the folder away from the student. */
const onlyFoldersDiffer = (paths: readonly string[], base: Manifest, target: Manifest): boolean =>
  paths.every(
    (path) =>
      sameEntry(base.get(path), target.get(path)) ||
      (base.get(path)?.kind === "folder" && target.get(path)?.kind === "folder"),
  );

const kindOf = (touched: readonly string[], base: Manifest, mine: Manifest): CarryOverConflict["mine"] => {
  if (touched.every((path) => !mine.has(path))) return "deleted";
  return touched.every((path) => !base.has(path)) ? "created" : "changed";
};

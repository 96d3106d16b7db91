import type { Entry, Machine } from "./machine.ts";

export interface ChangedPaths {
  readonly added: readonly string[];
  /** In both, and not the same, as far as can be seen without reading. */
  readonly touched: readonly string[];
  /** The topmost ones. */
  readonly removed: readonly string[];
}

/** What differs between two machines, the student's own places first. Pure. */
export const changedPaths = (before: Machine, after: Machine, homes: readonly string[]): ChangedPaths => {
  const added: string[] = [];
  const touched: string[] = [];
  for (const [path, entry] of Object.entries(after.entries)) {
    const old = before.entries[path];
    if (old === undefined || old.type !== entry.type) added.push(path);
    else if (isTouched(old, entry)) touched.push(path);
  }
  const gone = new Set(Object.keys(before.entries).filter((path) => after.entries[path] === undefined));
  const removed = [...gone].filter((path) => !gone.has(parentOf(path)));
  const rank = (path: string): number => (homes.some((home) => path.startsWith(`${home}/`)) ? 0 : 1);
  const sorted = (paths: readonly string[]): readonly string[] =>
    paths.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return { added: sorted(added), touched: sorted(touched), removed: sorted(removed) };
};

const isTouched = (old: Entry, entry: Entry): boolean =>
  old.mode !== entry.mode ||
  old.uid !== entry.uid ||
  old.gid !== entry.gid ||
  (entry.type !== "directory" && (old.size !== entry.size || old.changed !== entry.changed));

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")));

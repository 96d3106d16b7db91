import type { Manifest } from "./manifest.ts";

const databaseSuffixes = ["-wal", "-shm", "-journal"] as const;

/**
 * Groups paths that mean something only together and are therefore never mixed from two versions: a
 * folder that holds `.git`, a database with its write-ahead log or journal, and every folder the author
 * names in `keep[]`. Answers, for a path, the name of its unit; a path on its own is its own unit.
 * The outermost unit wins.
 */
export const unitOf = (manifests: readonly Manifest[], keep: readonly string[]): ((path: string) => string) => {
  const roots = new Set(keep);
  const databases = new Set<string>();
  for (const manifest of manifests)
    for (const path of manifest.keys()) {
      if (path.endsWith("/.git")) roots.add(path.slice(0, -"/.git".length));
      for (const suffix of databaseSuffixes) if (path.endsWith(suffix)) databases.add(path.slice(0, -suffix.length));
    }
  return (path) => {
    for (let end = path.indexOf("/", 1); end !== -1; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      if (roots.has(folder)) return folder;
    }
    if (roots.has(path)) return path;
    for (const suffix of databaseSuffixes) {
      const database = path.slice(0, -suffix.length);
      if (path.endsWith(suffix) && databases.has(database)) return database;
    }
    return path;
  };
};

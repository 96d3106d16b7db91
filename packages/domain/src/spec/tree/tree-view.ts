import type { SourceEntry, SourceTree } from "../source-tree.ts";

export type FileEntry = Extract<SourceEntry, { kind: "file" }>;

/** Whether a path is the folder itself or something below it. */
export const isBelow = (path: string, folder: string): boolean =>
  folder === "" || path === folder || path.startsWith(`${folder}/`);

/** The part of a path before its last slash; empty at the top. */
export const parentOf = (path: string): string => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/**
 * Resolves `.` and `..` in a path relative to the workshop folder, or undefined when it leaves that.
 * The empty text is the folder itself.
 */
export const normalizePath = (path: string): string | undefined => {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
};

/** The entry at a path, links followed (a link's `resolved` is already the end of its chain). */
export const entryAt = (
  tree: SourceTree,
  path: string,
): { readonly path: string; readonly entry: SourceEntry } | undefined => {
  let current = path;
  for (let hops = 0; hops < 16; hops++) {
    const entry = tree.entries.get(current);
    if (entry !== undefined && entry.kind !== "link") return { path: current, entry };
    const via = entry ?? linkAbove(tree, current);
    if (via === undefined) return undefined;
    if ("above" in via) current = `${via.resolved}/${current.slice(via.above.length + 1)}`;
    else if (via.kind === "link" && via.resolved !== undefined) current = via.resolved;
    else return undefined;
  }
  return undefined;
};

/** The nearest folder above a path that is itself a link with a known end. */
const linkAbove = (
  tree: SourceTree,
  path: string,
): { readonly above: string; readonly resolved: string } | undefined => {
  for (let above = parentOf(path); above !== ""; above = parentOf(above)) {
    const entry = tree.entries.get(above);
    if (entry?.kind === "link" && entry.resolved !== undefined) return { above, resolved: entry.resolved };
  }
  return undefined;
};

/** The file at a path (links inside the workshop followed), or undefined. */
export const fileAt = (tree: SourceTree, path: string): FileEntry | undefined => {
  const found = entryAt(tree, path)?.entry;
  return found?.kind === "file" ? found : undefined;
};

/** Paths of everything below a folder, in order. */
export const pathsBelow = (tree: SourceTree, folder: string): readonly string[] =>
  [...tree.entries.keys()].filter((path) => path !== folder && isBelow(path, folder)).sort();

/** Paths of the files (and links to files) below a folder, in order. */
export const filesBelow = (tree: SourceTree, folder: string): readonly string[] =>
  pathsBelow(tree, folder).filter((path) => fileAt(tree, path) !== undefined);

/** Whether a folder exists, by an entry of its own or by something in it. */
export const hasFolder = (tree: SourceTree, folder: string): boolean => {
  const found = entryAt(tree, folder);
  if (found !== undefined) return found.entry.kind === "folder";
  for (const path of tree.entries.keys()) if (path.startsWith(`${folder}/`)) return true;
  return false;
};

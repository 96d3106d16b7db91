import type { SourceTree } from "../source-tree.ts";
import { decodeUtf8 } from "../text/utf8.ts";
import { type IgnorePattern, matchesIgnorePattern, parseIgnorePattern } from "./ignore-pattern.ts";
import { fileAt, parentOf } from "./tree-view.ts";

export const ignoreFile = ".atelierignore";

/**
 * The tree without what `.atelierignore` names (patterns as in `.gitignore`: comments, `!`, a trailing
 * slash for folders, a leading or inner slash to anchor, `*`, `?`, `[a-z]`, `**`). As in git, nothing
 * below an ignored folder can be taken back. Applying it twice changes nothing.
 */
export const withoutIgnored = (tree: SourceTree): SourceTree => {
  const bytes = fileAt(tree, ignoreFile)?.bytes;
  const decoded = bytes === undefined ? undefined : decodeUtf8(bytes);
  if (decoded === undefined || decoded.invalidAt !== undefined) return tree;
  const patterns = decoded.text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map(parseIgnorePattern)
    .filter((pattern) => pattern !== undefined);
  if (patterns.length === 0) return tree;
  const verdicts = new Map<string, boolean>();
  const isIgnored = (path: string): boolean => {
    if (path === "" || path === ignoreFile) return false;
    const known = verdicts.get(path);
    if (known !== undefined) return known;
    const isFolder = (tree.entries.get(path)?.kind ?? "folder") === "folder";
    const verdict = isIgnored(parentOf(path)) || lastMatch(patterns, path, isFolder);
    verdicts.set(path, verdict);
    return verdict;
  };
  return { entries: new Map([...tree.entries].filter(([path]) => !isIgnored(path))) };
};

const lastMatch = (patterns: readonly IgnorePattern[], path: string, isFolder: boolean): boolean => {
  const match = patterns.findLast((pattern) => matchesIgnorePattern(pattern, path, isFolder));
  return match !== undefined && !match.isNegated;
};

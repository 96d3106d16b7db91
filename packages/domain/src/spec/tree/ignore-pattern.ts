import { type Glob, matchesGlob, parseGlob } from "./glob.ts";

/** One line of an ignore file. */
export interface IgnorePattern {
  readonly isNegated: boolean;
  readonly onlyFolders: boolean;
  readonly glob: Glob;
}

/** A pattern as in `.gitignore`, or undefined for an empty line or a comment. */
export const parseIgnorePattern = (line: string): IgnorePattern | undefined => {
  let text = withoutTrailingSpace(line.replace(/\r$/, ""));
  if (text === "" || text.startsWith("#") || text.length > 1000) return undefined;
  const isNegated = text.startsWith("!");
  if (isNegated) text = text.slice(1);
  const onlyFolders = text.endsWith("/");
  if (onlyFolders) text = text.slice(0, -1);
  if (text === "" || text === "/") return undefined;
  // A slash anywhere but at the end ties a pattern to the top; without one it fits in every folder.
  const anchored = text.includes("/") ? text.replace(/^\//, "") : `**/${text}`;
  return { isNegated, onlyFolders, glob: parseGlob(anchored) };
};

export const matchesIgnorePattern = ({ glob, onlyFolders }: IgnorePattern, path: string, isFolder: boolean): boolean =>
  (isFolder || !onlyFolders) && matchesGlob(glob, path);

const withoutTrailingSpace = (line: string): string => {
  let end = line.length;
  while (end > 0 && /[ \t]/.test(line[end - 1] ?? "") && line[end - 2] !== "\\") end--;
  return line.slice(0, end);
};

/** One line of an ignore file. */
export interface IgnorePattern {
  readonly isNegated: boolean;
  readonly onlyFolders: boolean;
  readonly regex: RegExp;
}

const escape = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

/** `[a-z]`, `[!abc]`: the regular expression and how many characters of the pattern it used. */
const characterClass = (rest: string): { readonly source: string; readonly length: number } | undefined => {
  const match = /^\[([!^]?)(\]?[^\]/]*)\]/.exec(rest);
  if (match === null) return undefined;
  const inside = (match[2] ?? "").replace(/[\\[\]^]/g, "\\$&");
  return inside === "" ? undefined : { source: `(?!/)[${match[1] === "" ? "" : "^"}${inside}]`, length: match[0].length };
};

const globSource = (glob: string): string => {
  let source = "";
  for (let index = 0; index < glob.length; ) {
    const rest = glob.slice(index);
    if (rest.startsWith("**/") && (index === 0 || glob[index - 1] === "/")) {
      source += "(?:[^/]+/)*";
      index += 3;
    } else if (rest === "**" && glob[index - 1] === "/") {
      source += ".+";
      index += 2;
    } else if (rest.startsWith("*")) {
      source += "[^/]*";
      index += /^\*+/.exec(rest)?.[0].length ?? 1;
    } else if (rest.startsWith("?")) {
      source += "[^/]";
      index++;
    } else if (rest.startsWith("\\") && rest.length > 1) {
      source += escape(rest[1] ?? "");
      index += 2;
    } else {
      const set = rest.startsWith("[") ? characterClass(rest) : undefined;
      source += set?.source ?? escape(rest[0] ?? "");
      index += set?.length ?? 1;
    }
  }
  return source;
};

/** A pattern as in `.gitignore`, or undefined for an empty line, a comment or one that cannot be used. */
export const parseIgnorePattern = (line: string): IgnorePattern | undefined => {
  let glob = line.replace(/\r$/, "").replace(/(?<!\\)[ \t]+$/, "");
  if (glob === "" || glob.startsWith("#") || glob.length > 1000) return undefined;
  const isNegated = glob.startsWith("!");
  if (isNegated) glob = glob.slice(1);
  const onlyFolders = glob.endsWith("/");
  if (onlyFolders) glob = glob.replace(/\/+$/, "");
  if (glob === "") return undefined;
  const isAnchored = glob.includes("/");
  const source = globSource(glob.replace(/^\//, ""));
  try {
    return { isNegated, onlyFolders, regex: new RegExp(`^${isAnchored ? "" : "(?:.*/)?"}${source}$`, "su") };
  } catch {
    return undefined;
  }
};

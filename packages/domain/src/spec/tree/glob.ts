/** One place of a file name in a pattern. */
type Token =
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | { readonly kind: "set"; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** A pattern split at its slashes; `**` as a whole segment stands for any number of folders. */
export type Glob = readonly (readonly Token[] | "**")[];

/** `[a-z]`, `[!abc]`: the token and how many characters of the pattern it used. */
const setToken = (rest: string): { readonly token: Token; readonly length: number } | undefined => {
  const match = /^\[([!^]?)(\]?[^\]]*)\]/.exec(rest);
  const inside = match?.[2] ?? "";
  if (match === null || inside === "") return undefined;
  const ranges = [...inside.matchAll(/([\s\S])-([\s\S])|([\s\S])/gu)].map(
    ([, from, to, single]): readonly [string, string] => [from ?? single ?? "", to ?? single ?? ""],
  );
  return { token: { kind: "set", negated: match[1] !== "", ranges }, length: match[0].length };
};

const tokensOf = (segment: string): readonly Token[] => {
  const tokens: Token[] = [];
  for (let index = 0; index < segment.length; ) {
    const rest = segment.slice(index);
    const char = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    const set = char === "[" ? setToken(rest) : undefined;
    if (set !== undefined) tokens.push(set.token);
    else if (char === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else if (char === "?") tokens.push({ kind: "any" });
    else if (char === "\\" && rest.length > 1)
      tokens.push({ kind: "char", char: String.fromCodePoint(rest.codePointAt(1) ?? 0) });
    else tokens.push({ kind: "char", char });
    index +=
      set?.length ??
      (char === "\\" && rest.length > 1 ? 1 + String.fromCodePoint(rest.codePointAt(1) ?? 0).length : char.length);
  }
  return tokens;
};

export const parseGlob = (pattern: string): Glob =>
  pattern.split("/").map((segment) => (segment === "**" ? "**" : tokensOf(segment)));

const fits = (token: Token, char: string): boolean => {
  if (token.kind === "char") return token.char === char;
  if (token.kind === "set") return token.ranges.some(([from, to]) => char >= from && char <= to) !== token.negated;
  return true;
};

/**
 * Whether a name matches. A star first takes nothing and grows only when the rest fails, and only the
 * last star ever grows: work is at most name times pattern, whatever somebody writes.
 */
const matchesName = (tokens: readonly Token[], name: readonly string[]): boolean => {
  let token = 0;
  let star: { readonly token: number; char: number } | undefined;
  for (let char = 0; char < name.length; ) {
    const current = tokens[token];
    if (current?.kind === "star") {
      star = { token, char };
      token++;
    } else if (current !== undefined && fits(current, name[char] ?? "")) {
      token++;
      char++;
    } else if (star !== undefined) {
      star.char++;
      token = star.token + 1;
      char = star.char;
    } else return false;
  }
  return tokens.slice(token).every(({ kind }) => kind === "star");
};

/** Whether a whole path matches. A `**` at the end needs at least one name. */
export const matchesGlob = (glob: Glob, path: string): boolean => {
  const names = path.split("/").map((name) => [...name]);
  // reachable[i]: the segments looked at so far can stand for exactly the first i names.
  let reachable: readonly boolean[] = names.map(() => false).toSpliced(0, 0, true);
  for (const [index, segment] of glob.entries()) {
    const isLast = index === glob.length - 1;
    const next = reachable.map(() => false);
    for (let end = 0; end <= names.length; end++)
      next[end] =
        segment === "**"
          ? (reachable[end] === true && !isLast) || (end > 0 && (next[end - 1] === true || reachable[end - 1] === true))
          : end > 0 && reachable[end - 1] === true && matchesName(segment, names[end - 1] ?? []);
    reachable = next;
  }
  return reachable[names.length] === true;
};

import type { Page } from "./markdown.ts";

/** A link or picture of a page. `offset` is where its destination begins. */
export interface PageLink {
  readonly kind: "link" | "image";
  readonly destination: string;
  readonly offset: number;
}

const maxLength = 1000;
const maxParentheses = 32;

/** The destination that begins at an offset: `<…>`, or up to a space or an unmatched parenthesis. */
const destinationAt = (
  prose: string,
  offset: number,
): { readonly destination: string; readonly offset: number } | undefined => {
  let begin = offset;
  while (begin - offset < 100 && /[ \t\r\n]/.test(prose[begin] ?? "")) begin++;
  if (prose[begin] === "<") {
    const end = prose.slice(begin, begin + maxLength).search(/[>\n]/);
    return end > 0 && prose[begin + end] === ">"
      ? { destination: prose.slice(begin + 1, begin + end), offset: begin + 1 }
      : undefined;
  }
  let depth = 0;
  for (let index = begin; index < prose.length && index - begin < maxLength; index++) {
    const char = prose[index] ?? "";
    if (char === "\\") index++;
    else if (char === "(" && ++depth > maxParentheses) return undefined;
    else if (char === ")" && depth-- === 0) return { destination: prose.slice(begin, index), offset: begin };
    else if (/\s/.test(char))
      return isTitleNext(prose, index) ? { destination: prose.slice(begin, index), offset: begin } : undefined;
  }
  return undefined;
};

/** After the destination only a quoted title may follow, else this is no link. */
const isTitleNext = (prose: string, offset: number): boolean =>
  /^\s*(?:\)|["'(])/.test(prose.slice(offset, offset + 100));

/** Brackets do not reach over the end of a paragraph. */
const isBlankLineAt = (prose: string, offset: number): boolean => {
  const blankLine = /[ \t]*\r?\n/y;
  blankLine.lastIndex = offset;
  return blankLine.test(prose);
};

/** For every `]` that closes a bracket, whether that makes a picture or a link. */
const closingBrackets = (prose: string): ReadonlyMap<number, PageLink["kind"]> => {
  const kinds = new Map<number, PageLink["kind"]>();
  const open: number[] = [];
  for (let index = 0; index < prose.length; index++) {
    const char = prose[index];
    if (char === "\\") index++;
    else if (char === "[") open.push(index);
    else if (char === "]") {
      const start = open.pop();
      if (start !== undefined) kinds.set(index, prose[start - 1] === "!" ? "image" : "link");
    } else if (char === "\n" && isBlankLineAt(prose, index + 1)) open.length = 0;
  }
  return kinds;
};

/** Every inline link and picture, and every link definition (`[name]: place`), in order. */
export const linksOf = ({ prose }: Page): readonly PageLink[] => {
  const links: PageLink[] = [];
  const kinds = closingBrackets(prose);
  for (let at = prose.indexOf("]("); at >= 0; at = prose.indexOf("](", at + 2)) {
    const kind = kinds.get(at);
    const found = kind === undefined ? undefined : destinationAt(prose, at + 2);
    if (kind !== undefined && found !== undefined) links.push({ kind, ...found });
  }
  for (const match of prose.matchAll(/^( {0,3}\[(?!\^)[^\]\r\n]{1,200}\]:[ \t]*)<?([^\s<>]{1,2000})>?/gm))
    links.push({ kind: "link", destination: match[2] ?? "", offset: match.index + (match[1]?.length ?? 0) });
  return links.sort((a, b) => a.offset - b.offset);
};

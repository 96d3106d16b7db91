import type { TextFile } from "../text/read-text.ts";

/** One line of a code block, with the offset of its first character in the page. */
export interface CodeLine {
  readonly text: string;
  readonly offset: number;
}

/** A fenced code block. `info` is what stands behind the opening fence. */
export interface Fence {
  readonly info: string;
  readonly offset: number;
  /** Where `info` begins. */
  readonly infoOffset: number;
  readonly lines: readonly CodeLine[];
}

/** What a page is made of, as far as rules care. */
export interface Page {
  readonly file: TextFile;
  readonly fences: readonly Fence[];
  /** The page with all code and comments blanked; every character stays at its place. */
  readonly prose: string;
  readonly headings: readonly string[];
}

const blank = (text: string): string => text.replace(/[^\r\n]/g, " ");

interface OpenFence {
  readonly info: string;
  readonly offset: number;
  readonly infoOffset: number;
  readonly marker: string;
  readonly lines: CodeLine[];
}

/** No line with a meaning is longer; and what looks at lines need not fear them. */
const maxLine = 2000;

const fenceStart = (line: string): { readonly marker: string; readonly info: string } | undefined => {
  if (line.length > maxLine) return undefined;
  const match = /^(?:[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]*)(`{3,}|~{3,})(.*)$/.exec(line);
  const [, marker = "", info = ""] = match ?? [];
  if (match === null || (marker.startsWith("`") && info.includes("`"))) return undefined;
  return { marker, info: info.trim() };
};

const closes = (line: string, marker: string): boolean => {
  const rest = line.replace(/^[ \t>]*/, "").trimEnd();
  return rest.length >= marker.length && rest === (marker[0] ?? "").repeat(rest.length);
};

const headingOf = (line: string, previous: string): string | undefined => {
  if (line.length > maxLine || previous.length > maxLine) return undefined;
  const atx = /^ {0,3}#{1,6}(?:[ \t]+(.*))?$/.exec(line);
  if (atx !== null) return (atx[1] ?? "").replace(/[ \t]+#+[ \t]*$/, "").trim();
  return /^ {0,3}(?:=+|-+)[ \t]*$/.test(line) && previous.trim() !== "" ? previous.trim() : undefined;
};

/** Inline code and HTML comments; code spans may cross lines but not paragraphs. */
const blankInline = (prose: string): string =>
  blankComments(prose)
    .split(/(\r?\n[ \t]*\r?\n)/)
    .map(blankCodeSpans)
    .join("");

const blankComments = (prose: string): string => {
  let result = "";
  let done = 0;
  for (let open = prose.indexOf("<!--"); open >= 0; open = prose.indexOf("<!--", done)) {
    const close = prose.indexOf("-->", open);
    if (close < 0) break;
    result += prose.slice(done, open) + blank(prose.slice(open, close + 3));
    done = close + 3;
  }
  return result + prose.slice(done);
};

/** A run of backticks is code up to the next run of the same length; without one it is text. */
const blankCodeSpans = (text: string): string => {
  const runs = [...text.matchAll(/`+/g)];
  const nextOfSameLength: (number | undefined)[] = [];
  const later = new Map<number, number>();
  for (let index = runs.length - 1; index >= 0; index--) {
    const length = runs[index]?.[0].length ?? 0;
    nextOfSameLength[index] = later.get(length);
    later.set(length, index);
  }
  let result = "";
  let done = 0;
  for (let index = 0; index < runs.length; index++) {
    const open = runs[index];
    const end = nextOfSameLength[index];
    const close = end === undefined ? undefined : runs[end];
    if (open === undefined || end === undefined || close === undefined) continue;
    const stop = close.index + close[0].length;
    result += text.slice(done, open.index) + blank(text.slice(open.index, stop));
    done = stop;
    index = end;
  }
  return result + text.slice(done);
};

/** Splits a Markdown page into code, prose and headings. Every text is a page; nothing can be wrong here. */
export const readPage = (file: TextFile): Page => {
  const fences: Fence[] = [];
  const headings: string[] = [];
  let prose = "";
  let previous = "";
  let open: OpenFence | undefined;
  let isInList = false;
  for (const match of file.text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g)) {
    const line = match[1] ?? "";
    const end = match[2] ?? "";
    const isIndentedCode = !isInList && previous.trim() === "" && /^(?: {4}|\t)/.test(line);
    const start = open === undefined && !isIndentedCode ? fenceStart(line) : undefined;
    if (open !== undefined) {
      if (closes(line, open.marker)) {
        fences.push(open);
        open = undefined;
      } else open.lines.push({ text: line, offset: match.index });
      prose += blank(line) + end;
    } else if (start !== undefined) {
      const infoOffset = match.index + line.trimEnd().length - start.info.length;
      open = { ...start, offset: match.index, infoOffset, lines: [] };
      prose += blank(line) + end;
    } else if (isIndentedCode) {
      prose += blank(line) + end;
      continue;
    } else {
      const heading = headingOf(line, previous);
      if (heading !== undefined) headings.push(heading);
      if (/^\s*(?:[-*+]|\d{1,9}[.)])[ \t]/.test(line)) isInList = true;
      else if (/^\S/.test(line)) isInList = false;
      prose += line + end;
    }
    previous = line;
    if (end === "") break;
  }
  if (open !== undefined) fences.push(open);
  return { file, fences, prose: blankInline(prose), headings };
};

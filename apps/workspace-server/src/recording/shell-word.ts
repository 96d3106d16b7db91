/** Where a text was cut: no shell can say this character. */
export const cut = "\0";

/** The quote that a place stands in; an empty text when it stands in none. */
export type OpenQuote = "" | "'" | '"';

/** For each place of a command, the quote that it stands in. Its opening sign stands in none, its closing one in it. */
export const openQuotes = (text: string): readonly OpenQuote[] => {
  const open = new Array<OpenQuote>(text.length + 1);
  let now: OpenQuote = "";
  let isEscaping = true;
  for (let at = 0; at < text.length; at++) {
    open[at] = now;
    const sign = text[at];
    if (sign === "\\" && isEscaping) open[++at] = now;
    else if (sign === now) {
      now = "";
      isEscaping = true;
    } else if (now === "" && (sign === "'" || sign === '"')) {
      now = sign;
      isEscaping = sign === '"' || text[at - 1] === "$";
    }
  }
  open[text.length] = now;
  return open;
};

const endsWord = (sign: string | undefined): boolean => sign === undefined || /[\s;&|\0]/.test(sign);

/** Past the sign that closes the quote at `at`; where the text was cut, up to there; undefined when none does. */
const endOfQuote = (text: string, at: number): number | undefined => {
  const quote = text[at];
  const isEscaping = quote === '"' || text[at - 1] === "$";
  for (let place = at + 1; place < text.length; place++) {
    const sign = text[place];
    if (sign === quote) return place + 1;
    if (sign === cut) return place;
    if (sign === "\\" && isEscaping) place++;
  }
  return undefined;
};

/** Past the pair of `\"` that opens at `at`: what is a quote to the shell that a quoted text is for. */
const endOfEscapedQuote = (text: string, at: number): number => {
  const close = text.indexOf('\\"', at + 2);
  return close === -1 ? at + 2 : close + 2;
};

/**
 * Where the word of a shell ends that begins at `at`: pieces in quotes, with backslashes and without follow each
 * other. A quote that nothing closes is a character like others. Looks at each character once.
 */
export const endOfWord = (text: string, at: number, open: OpenQuote): number => {
  if (text.startsWith("\\\n", at)) return at;
  let place = at;
  while (place < text.length) {
    const sign = text[place];
    if (endsWord(sign)) break;
    if (sign === "\\") place = open === '"' && text[place + 1] === '"' ? endOfEscapedQuote(text, place) : place + 2;
    else if (sign === "'" || sign === '"') {
      // The end of a quoted text that the word stands in. Who takes a comment's apostrophe for a quote is wrong
      // about that, so it is the end only where a word may end.
      if (sign === open && place > at && endsWord(text[place + 1])) break;
      place = endOfQuote(text, place) ?? place + 1;
    } else place++;
  }
  // A backslash at the end, or in front of the cut, escapes nothing.
  const end = Math.min(place, text.length);
  return text[end - 1] === cut ? Math.max(at, end - 1) : end;
};

/** Longest name, with what belongs to it, in front of a value. */
const longestName = 128;

/**
 * Where the quoted text ends that consists of a name and the value at `at`, such as `'user:pass word'`; undefined
 * when the value does not stand in such a one. What `sh -c` is given is a command and no such text.
 */
export const endOfQuotedPair = (text: string, at: number, open: readonly OpenQuote[]): number | undefined => {
  const quote = open[at];
  if (quote === "" || quote === undefined || text[at] === quote) return undefined;
  let start = at;
  while (start > 0 && (text[start - 1] === " " || text[start - 1] === "\t")) start--;
  const least = Math.max(0, at - longestName);
  while (start > least && /[\w.@:+=&$%{}[\]-]/.test(text[start - 1] ?? "")) start--;
  const opening = start - 1;
  if (text[opening] !== quote || open[opening] !== "") return undefined;
  if (/\s-\w{0,8}c\s+\$?$/.test(text.slice(Math.max(0, opening - 16), opening))) return undefined;
  return endOfOpenQuote(text, at, open);
};

/** Where the quoted text that `at` stands in ends, before its closing sign. */
export const endOfOpenQuote = (text: string, at: number, open: readonly OpenQuote[]): number => {
  let end = at;
  while (end < text.length && open[end + 1] === open[at] && text[end] !== cut) end++;
  return end;
};

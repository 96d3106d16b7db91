/** Control characters, of which a screen shows nothing; a tab it does. */
export const isControl = (code: number): boolean => (code < 0x20 && code !== 0x09) || code === 0x7f;
const isEscape = (code: number): boolean => code === 0x1b || code === 0x9b;

const CR = 0x0d;
const LF = 0x0a;
/** A sequence that is longer is none. */
const longestSequence = 256;

/**
 * Where the escape sequence at `at` ends; -1 when its end is not there yet. Of strings such as titles it is
 * the introducer alone, for a secret may stand in their text.
 */
export const endOfSequence = (text: string, at: number): number => {
  const isCsi = text.charCodeAt(at) === 0x9b || text[at + 1] === "[";
  const from = text.charCodeAt(at) === 0x1b && isCsi ? at + 2 : at + 1;
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const isFinal = isCsi ? code >= 0x40 && code < 0x7f : code >= 0x30 && code < 0x7f;
    if (isFinal) return index + 1;
    // What cannot stand in a sequence ends it.
    if (code < 0x20 || code > 0x3f || index - from > longestSequence) return index;
  }
  return -1;
};

/** Whether the character is a part of an escape sequence that begins before it. */
export const isInSequence = (text: string, at: number): boolean => {
  let from = at - 1;
  while (text.charCodeAt(from) >= 0x20 && text.charCodeAt(from) <= 0x3f) from--;
  if (text[from] === "[" && text.charCodeAt(from - 1) === 0x1b) from--;
  if (!isEscape(text.charCodeAt(from))) return false;
  const end = endOfSequence(text, from);
  return end === -1 || end > at;
};

/** Where the text's last escape sequence begins if its end is not there; else the text's end. */
export const unfinishedSequence = (text: string): number => {
  for (let at = text.length - 1; at >= Math.max(0, text.length - longestSequence); at--)
    if (isEscape(text.charCodeAt(at))) return endOfSequence(text, at) === -1 ? at : text.length;
  return text.length;
};

/** Something that is not seen, and how many lines it ends. */
export interface Unseen {
  readonly end: number;
  readonly crs: number;
  readonly lfs: number;
}

/**
 * What is unseen at `at`; undefined when there is something to see, "unfinished" when what follows decides.
 * Besides control characters and sequences that is what shells print at a narrow screen's edge: a blank and
 * CR (bash, zsh), CR and the character before it once more (zsh), and up and down again (fish).
 * @param last the character that is seen before it
 */
export const unseenAt = (text: string, at: number, last: number): Unseen | "unfinished" | undefined => {
  const code = text.charCodeAt(at);
  const next = text.charCodeAt(at + 1);
  if (code === 0x20) {
    if (Number.isNaN(next)) return "unfinished";
    return next === CR && text.charCodeAt(at + 2) !== LF ? { end: at + 2, crs: 1, lfs: 0 } : undefined;
  }
  if (code === CR) {
    if (next === last) return { end: at + 2, crs: 1, lfs: 0 };
    return { end: at + 1, crs: next === CR ? 0 : 1, lfs: 0 };
  }
  if (isControl(code) && code !== 0x1b) return { end: at + 1, crs: 0, lfs: code === LF ? 1 : 0 };
  if (!isEscape(code)) return undefined;
  const end = endOfSequence(text, at);
  if (end === -1) return "unfinished";
  return { end: text.startsWith("\u001b[A", at) ? endOfDescent(text, end) : end, crs: 0, lfs: 0 };
};

/** Right after `\r\n`, `\r\r\n` if that is what follows. */
const endOfDescent = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) === CR) at++;
  return at > from && (at === text.length || text.charCodeAt(at) === LF) ? Math.min(at + 1, text.length) : from;
};

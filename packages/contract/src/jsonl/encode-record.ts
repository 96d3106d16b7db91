import { maxLineBytes } from "./record.ts";
import { wholeCharacters } from "./whole-characters.ts";

/** UTF-8 length of a string without encoding it. Lone surrogates count as the U+FFFD they become. */
export const utf8Length = (text: string): number => {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if (
      code >= 0xd800 &&
      code < 0xdc00 &&
      text.charCodeAt(index + 1) >= 0xdc00 &&
      text.charCodeAt(index + 1) < 0xe000
    ) {
      bytes += 4;
      index++;
    } else bytes += 3;
  }
  return bytes;
};

/**
 * One record as one line with its newline. A line that would exceed {@link maxLineBytes} has its longest
 * strings shortened and `truncated: true` set; the record stays parseable.
 */
export const encodeRecord = (record: Readonly<Record<string, unknown>>): string => {
  const line = `${JSON.stringify(record)}\n`;
  if (utf8Length(line) <= maxLineBytes) return line;
  // What makes it a record is never shortened: without it nobody could read the rest.
  const { v, seq, ts, type, ...rest } = record;
  for (let limit = 8192; limit >= 16; limit /= 2) {
    const shorter = shorten(rest, limit) as Record<string, unknown>;
    const cut = `${JSON.stringify({ v, seq, ts, type, ...shorter, truncated: true })}\n`;
    if (utf8Length(cut) <= maxLineBytes) return cut;
  }
  return `${JSON.stringify({ v, seq, ts, type, truncated: true })}\n`;
};

const shorten = (value: unknown, limit: number): unknown => {
  if (typeof value === "string") return value.length > limit ? `${wholeCharacters(value, limit)}…` : value;
  if (Array.isArray(value)) return value.slice(0, limit).map((item) => shorten(item, limit));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item, limit)]));
  return value;
};

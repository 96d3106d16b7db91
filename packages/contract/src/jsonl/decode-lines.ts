import { maxLineBytes } from "./record.ts";

/** A line that is no record: reported and passed over, never fatal. */
export interface BadLine {
  /** From 1. */
  readonly line: number;
  /** The first characters, without control characters. */
  readonly excerpt: string;
  readonly cause: string;
}

export interface LineDecoder<T> {
  /** Records of every line that the chunk completes, in order. */
  push(chunk: string): readonly T[];
  /** What stands after the last newline: a torn line is normal after a crash. Of one that is too long its beginning. */
  readonly pending: string;
  readonly badLines: readonly BadLine[];
}

export interface LineDecoderOptions {
  /** Default {@link maxLineBytes}. */
  readonly longestLine?: number;
  /** Lines that are passed over without a report; default none. */
  readonly isComment?: (text: string) => boolean;
}

/**
 * Takes JSONL apart as it comes.
 * @param parse turns parsed JSON into a record, or throws; its message becomes the bad line's cause.
 * Undefined passes the line over.
 */
export const createLineDecoder = <T>(
  parse: (value: unknown) => T | undefined,
  { longestLine = maxLineBytes, isComment = () => false }: LineDecoderOptions = {},
): LineDecoder<T> => {
  let pending = "";
  /** Of a line that is too long already only the beginning is kept: it may go on for as long as there is disk. */
  let isCut = false;
  let line = 0;
  const badLines: BadLine[] = [];
  const hold = (rest: string): void => {
    if (isCut) return;
    pending += rest;
    isCut = pending.length > longestLine;
    if (isCut) pending = pending.slice(0, excerptCharacters);
  };
  const decode = (text: string): readonly T[] => {
    const isTooLong = isCut || text.length > longestLine;
    line++;
    isCut = false;
    if (text.trim() === "" || isComment(text)) return [];
    try {
      if (isTooLong) throw new Error(`longer than ${longestLine} bytes`);
      const record = parse(JSON.parse(text));
      return record === undefined ? [] : [record];
    } catch (error) {
      badLines.push({ line, excerpt: excerptOf(text), cause: error instanceof Error ? error.message : String(error) });
      return [];
    }
  };
  return {
    push: (chunk) => {
      const lines = chunk.split("\n");
      const rest = lines.pop() ?? "";
      const [first] = lines;
      if (first !== undefined) {
        hold(first);
        lines[0] = pending;
        pending = "";
      }
      const records = lines.flatMap(decode);
      hold(rest);
      return records;
    },
    get pending() {
      return pending;
    },
    badLines,
  };
};

const excerptCharacters = 80;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
const excerptOf = (text: string): string =>
  text.slice(0, excerptCharacters).replace(/[\u0000-\u001f\u007f-\u009f]/g, "�");

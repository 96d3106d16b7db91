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
  /** What stands after the last newline: a torn line is normal after a crash. */
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
  let line = 0;
  const badLines: BadLine[] = [];
  const decode = (text: string): readonly T[] => {
    line++;
    if (text.trim() === "" || isComment(text)) return [];
    try {
      if (text.length > longestLine) throw new Error(`longer than ${longestLine} bytes`);
      const record = parse(JSON.parse(text));
      return record === undefined ? [] : [record];
    } catch (error) {
      badLines.push({ line, excerpt: excerptOf(text), cause: error instanceof Error ? error.message : String(error) });
      return [];
    }
  };
  return {
    push: (chunk) => {
      const lines = (pending + chunk).split("\n");
      pending = lines.pop() ?? "";
      return lines.flatMap(decode);
    },
    get pending() {
      return pending;
    },
    badLines,
  };
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
const excerptOf = (text: string): string => text.slice(0, 80).replace(/[\u0000-\u001f\u007f-\u009f]/g, "�");

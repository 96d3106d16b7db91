import { type BadLine, createLineDecoder } from "../jsonl/decode-lines.ts";
import { type CastEvent, parseCastEvent } from "./cast-event.ts";
import { type CastHeader, parseCastHeader } from "./cast-header.ts";

export type CastItem =
  | { readonly kind: "header"; readonly header: CastHeader }
  | { readonly kind: "event"; readonly event: CastEvent };

export interface CastDecoder {
  /** Header and events of every line that the chunk completes. Times are counted from the beginning. */
  push(chunk: string): readonly CastItem[];
  /** What stands after the last newline: a torn line is normal after a crash. */
  readonly pending: string;
  readonly badLines: readonly BadLine[];
}

/** 64 KiB of output, every byte of it a control character, with much to spare. */
const longestLine = 1024 * 1024;

/** Takes an asciicast v2 or v3 apart as it comes. Lines that are none are reported and passed over. */
export const createCastDecoder = (): CastDecoder => {
  let line = 0;
  let isRelative = false;
  let time = 0;
  return createLineDecoder<CastItem>(
    (value) => {
      if (line++ === 0) {
        const { version, ...header } = parseCastHeader(value);
        isRelative = version === 3;
        return { kind: "header", header };
      }
      const event = parseCastEvent(value);
      if (event === undefined) return undefined;
      if (!isRelative) return { kind: "event", event };
      time += event.t;
      return { kind: "event", event: { ...event, t: time } };
    },
    { longestLine, isComment: (text) => isRelative && text.startsWith("#") },
  );
};

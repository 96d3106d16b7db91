import { z } from "zod";
import { createLineDecoder } from "../jsonl/decode-lines.ts";

/** A line of `<recording>.idx`: here an event begins, or a marker stands. */
export const castIndexEntrySchema = z.object({
  /** Seconds from the beginning of the part. */
  t: z.number().nonnegative(),
  /** In bytes, of the event's line. */
  offset: z.int().nonnegative(),
  marker: z.string().optional(),
});
export type CastIndexEntry = z.infer<typeof castIndexEntrySchema>;

export const encodeCastIndexEntry = ({ t, offset, marker }: CastIndexEntry): string =>
  `{"t":${t.toFixed(6)},"offset":${offset}${marker === undefined ? "" : `,"marker":${JSON.stringify(marker)}`}}\n`;

/** Lines that are none are passed over: the index only saves work, and the recording tells it all again. */
export const decodeCastIndex = (text: string): readonly CastIndexEntry[] =>
  createLineDecoder((value) => castIndexEntrySchema.parse(value)).push(text);

/** The last known place at or before a time; the first event when there is none. */
export const seekCast = (
  index: readonly CastIndexEntry[],
  t: number,
): { readonly t: number; readonly offset: number } => {
  let [low, high] = [0, index.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((index[middle]?.t ?? 0) <= t) low = middle + 1;
    else high = middle;
  }
  const found = index[low - 1];
  return found === undefined ? { t: 0, offset: 0 } : { t: found.t, offset: found.offset };
};

import { z } from "zod";

/** Longest line of any JSONL file, in bytes, the newline included. */
export const maxLineBytes = 65_536;

/**
 * What every record of every JSONL file carries. `seq` is strictly increasing per stream from 1 and
 * continues over restarts and swaps; `ts` is RFC 3339 UTC with milliseconds.
 */
export const recordBaseSchema = z.object({
  v: z.literal(1),
  seq: z.int().positive(),
  ts: z.iso.datetime({ precision: 3 }),
  type: z.string(),
});
export type RecordBase = z.infer<typeof recordBaseSchema>;

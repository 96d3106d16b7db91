import { z } from "zod";
import { recordBaseSchema } from "../jsonl/record.ts";

/** One finished command of `command-log.jsonl`. */
export const commandRecordSchema = recordBaseSchema.extend({
  type: z.literal("command"),
  terminal: z.string(),
  step: z.string().optional(),
  /** Exact text after redaction. */
  command: z.string(),
  truncated: z.boolean().optional(),
  redacted: z.boolean().optional(),
  cwd: z.string(),
  /** Absent when the shell ended or was replaced before it could say. */
  exitCode: z.int().optional(),
  startedAt: z.iso.datetime({ precision: 3 }),
  durationMs: z.number(),
  /** False when the marker does not fit the observed process state. */
  verified: z.boolean(),
  /** Why it is not verified. */
  doubt: z.string().optional(),
  shell: z.string(),
});
export type CommandRecord = z.infer<typeof commandRecordSchema>;

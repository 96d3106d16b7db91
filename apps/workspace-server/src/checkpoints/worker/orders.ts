import { manifestEntrySchema } from "@atelier/domain";
import { z } from "zod";
import type { FreshLayer } from "../scan-roots.ts";

export type WorkerOrder =
  | {
      readonly verb: "scan";
      readonly roots: readonly string[];
      /** What an earlier worker found, for one that has found nothing itself yet. */
      readonly known?: Pick<ScanAnswer, "entries" | "signatures" | "skipped" | "unseen">;
      readonly fresh?: FreshLayer;
    }
  | { readonly verb: "save"; readonly paths: readonly string[] }
  /** Followed by an archive: what it and the folders hold of these. */
  | { readonly verb: "compare"; readonly paths: readonly string[] }
  | {
      readonly verb: "restore";
      readonly roots: readonly string[];
      readonly apply: readonly string[];
      readonly remove: readonly string[];
    };

const skipped = z.array(z.object({ path: z.string(), why: z.string(), stamp: z.string().optional() }));

export const scanAnswerSchema = z.object({
  entries: z.record(z.string(), manifestEntrySchema),
  signatures: z.record(z.string(), z.string()),
  skipped,
  unseen: z.array(z.string()),
});
export type ScanAnswer = z.output<typeof scanAnswerSchema>;
/** `unchanged`: as this worker, or the one whose findings came with the order, answered last. */
export const scanReplySchema = z.union([z.object({ unchanged: z.literal(true) }), scanAnswerSchema]);
export const saveAnswerSchema = z.object({ files: z.int(), bytes: z.number(), skipped });
const sideSchema = z.object({ is: z.enum(["text", "binary", "folder", "link"]), text: z.string().optional() });
export type Side = z.infer<typeof sideSchema>;
export const compareAnswerSchema = z.object({
  archive: z.record(z.string(), sideSchema),
  present: z.record(z.string(), sideSchema),
});
export const restoreAnswerSchema = z.object({ applied: z.int(), removed: z.int(), skipped });

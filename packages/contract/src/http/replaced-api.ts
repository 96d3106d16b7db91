import { z } from "zod";

/**
 * What both a step and the student had changed, beside {@link studentApi}; the same rules of access. The
 * image's version stands; the student's is in a checkpoint until it is pruned.
 *
 *   GET  /api/replaced        ReplacedView
 *   POST /api/replaced        body NewTake → ReplacedView; the student's version is put in place
 */
export const replacedApi = { replaced: "/api/replaced" } as const;

export const newTakeSchema = z.object({ unit: z.string().min(1).max(4096) });
export type NewTake = z.infer<typeof newTakeSchema>;

export const replacedFileSchema = z.object({
  path: z.string(),
  /** What the two versions are; `absent`: this side has none. */
  mine: z.enum(["text", "binary", "folder", "link", "absent"]),
  image: z.enum(["text", "binary", "folder", "link", "absent"]),
  /** Around the differences; absent where it is no text. */
  diff: z.array(z.object({ kind: z.enum(["both", "mine", "image"]), text: z.string() })).optional(),
});
export type ReplacedFile = z.infer<typeof replacedFileSchema>;

export const replacedViewSchema = z.object({
  /** Files or whole folders that are never mixed, such as a repository. */
  units: z.array(
    z.object({
      unit: z.string(),
      mine: z.enum(["changed", "created", "deleted"]),
      /** The student has put their version in place. */
      taken: z.boolean(),
      files: z.array(replacedFileSchema),
      /** Files of it that are not shown. */
      more: z.int(),
    }),
  ),
});
export type ReplacedView = z.infer<typeof replacedViewSchema>;

/** How the workspace came to stand where it stands: the last swap. */
export const arrivalSchema = z.object({
  /** What was asked for, as in a request; absent: the container came back by itself. */
  reason: z.string().optional(),
  checkpoint: z.string(),
  /** Units that wait for the student to look at them. */
  replaced: z.array(z.string()),
  /** What could not be brought along, and why. */
  skipped: z.array(z.string()),
});
export type Arrival = z.infer<typeof arrivalSchema>;

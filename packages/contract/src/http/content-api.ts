import { z } from "zod";

/**
 * What a student does in the text, beside {@link studentApi}; the same rules of access.
 *
 *   POST /api/steps/:id/blocks/:block/save   body NewSave → SavedBlockView; 409 `file-differs` unless
 *                                            `replace`, 422 `not-saved` with the reason
 *   POST /api/steps/:id/hints/:hint          204; the opening is recorded
 */
export const contentApi = {
  saveBlock: "/api/steps/:id/blocks/:block/save",
  hint: "/api/steps/:id/hints/:hint",
} as const;

/** Pages of a step that hold blocks. */
export const stepPageSchema = z.enum(["content", "hints", "explain", "solve"]);
export type StepPage = z.infer<typeof stepPageSchema>;

/** The server knows the text and where it goes: the browser names the block, nothing else. */
export const newSaveSchema = z.object({
  page: stepPageSchema.default("content"),
  /** The student has seen that there is another file already. */
  replace: z.boolean().default(false),
});
export type NewSave = z.input<typeof newSaveSchema>;

export const savedBlockViewSchema = z.object({
  /** Absolute. */
  path: z.string(),
  outcome: z.enum(["created", "replaced", "same"]),
});
export type SavedBlockView = z.infer<typeof savedBlockViewSchema>;

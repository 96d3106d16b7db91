import { z } from "zod";

/**
 * What a student does in the text, beside {@link studentApi}; the same rules of access.
 *
 *   POST /api/steps/:id/blocks/:block/save   body NewSave → SavedBlockView; 409 `file-differs` unless
 *                                            `replace`, 422 `not-saved` with the reason
 *   POST /api/steps/:id/hints/:hint          204; the opening is recorded
 *   POST /api/steps/:id/quizzes/:quiz        body QuizAnswer → QuizView; 429 `too-soon` with Retry-After
 *   POST /api/variables                      body NewVariables → 204; 422 `bad-value` names the variable
 */
export const contentApi = {
  saveBlock: "/api/steps/:id/blocks/:block/save",
  hint: "/api/steps/:id/hints/:hint",
  quiz: "/api/steps/:id/quizzes/:quiz",
  variables: "/api/variables",
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

export const quizAnswerSchema = z.union([
  z.strictObject({ choices: z.array(z.int().min(0)).min(1).max(20) }),
  z.strictObject({ text: z.string().max(500) }),
]);

/** A question as the browser sees it: what is right is not in it. HTML as in StepView. */
export const quizViewSchema = z.object({
  id: z.string(),
  type: z.enum(["single", "multiple", "text"]),
  questionHtml: z.string(),
  /** Empty for `text`. */
  optionsHtml: z.array(z.string()),
  /** The student's last answer, and what it was worth. */
  answered: z
    .object({
      answer: quizAnswerSchema,
      isRight: z.boolean(),
      feedbackHtml: z.array(z.string()),
      explanationHtml: z.string().optional(),
      tries: z.int(),
      /** When the next one is taken; absent: now. */
      retryAt: z.iso.datetime().optional(),
    })
    .optional(),
});
export type QuizView = z.infer<typeof quizViewSchema>;

/** Values of the workshop's variables, by name. */
export const newVariablesSchema = z.record(z.string(), z.string().max(200));
export type NewVariables = z.infer<typeof newVariablesSchema>;

export const variableViewSchema = z.object({
  name: z.string(),
  question: z.string(),
  /** What pages show for it now; absent: it has not been filled in. */
  value: z.string().optional(),
  /** The student has said so; else it is the author's default. */
  isAnswered: z.boolean(),
});
export type VariableView = z.infer<typeof variableViewSchema>;

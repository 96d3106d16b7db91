import { z } from "zod";
import { duration, label, text } from "../spec/schema/scalars.ts";
import { expecting } from "../spec/shape/expectation.ts";

const word = () =>
  expecting(z.union([z.string().regex(/\S/), z.number(), z.boolean()]), { expects: "text or a number" });

/** A `quiz` block as it is written. */
export const quizSchema = z
  .strictObject({
    id: label().optional().describe("Its name in the record; default quiz-1, quiz-2, …"),
    question: text().describe("What is asked (Markdown)."),
    type: z
      .enum(["single", "multiple", "text"])
      .optional()
      .describe("Default: single with one right option, multiple with several, text without options."),
    options: expecting(
      z
        .array(
          z.strictObject({
            text: word().describe("What can be chosen (Markdown)."),
            right: z.boolean().optional().describe("Whether it is right; default false."),
            feedback: text().optional().describe("Said to who chose it (Markdown)."),
          }),
        )
        .min(2)
        .max(20),
      { expects: "a list of 2 to 20 options" },
    ).optional(),
    answer: expecting(z.union([word(), z.array(word()).min(1)]), { expects: "the right answer, or a list of them" })
      .optional()
      .describe("What is right to type; blanks at the ends do not count."),
    pattern: text().optional().describe("A regular expression that the whole of a right answer matches."),
    matchCase: z.boolean().optional().describe("Whether capital letters count; default false."),
    explanation: text().optional().describe("Shown once the answer is right (Markdown)."),
    retryAfter: duration().optional().describe("How long the next answer has to wait after a wrong one."),
  })
  .describe("A question in a page.");

export type QuizInput = z.infer<typeof quizSchema>;

import { z } from "zod";

const base = {
  /** Unique in its step. */
  id: z.string(),
  /** Markdown. */
  question: z.string(),
  /** Markdown; shown once the answer is right. */
  explanation: z.string().optional(),
  /** After a wrong answer the next one has to wait so long. */
  retryAfterSeconds: z.number(),
};

const optionSchema = z.object({
  /** Markdown. */
  text: z.string(),
  isRight: z.boolean(),
  /** Markdown; shown to who chose it. */
  feedback: z.string().optional(),
});

/** A question of a step with its answers: in `meta.json`, which students never see. */
export const compiledQuizSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("single"), ...base, options: z.array(optionSchema) }),
  z.object({ type: z.literal("multiple"), ...base, options: z.array(optionSchema) }),
  z.object({
    type: z.literal("text"),
    ...base,
    /** Any of them is right. */
    answers: z.array(z.string()),
    /** A regular expression (`v` flag) that the whole of a right answer matches. */
    pattern: z.string().optional(),
    matchCase: z.boolean(),
  }),
]);
export type Quiz = z.infer<typeof compiledQuizSchema>;

/** Numbers of the chosen options from 0, or what was typed. */
export type QuizAnswer = { readonly choices: readonly number[] } | { readonly text: string };

export interface Grade {
  readonly isRight: boolean;
  /** What the author says to this answer, Markdown. */
  readonly feedback: readonly string[];
}

/** Undefined when the answer is none to this kind of question. */
export const gradeQuiz = (quiz: Quiz, answer: QuizAnswer): Grade | undefined => {
  if (quiz.type === "text")
    return "text" in answer ? { isRight: isRightText(quiz, answer.text), feedback: [] } : undefined;
  if (!("choices" in answer)) return undefined;
  const chosen = new Set(answer.choices);
  const isPossible = [...chosen].every((choice) => quiz.options[choice] !== undefined);
  if (!isPossible || chosen.size === 0 || (quiz.type === "single" && chosen.size > 1)) return undefined;
  const isRight = quiz.options.every((option, index) => option.isRight === chosen.has(index));
  const feedback = quiz.options.flatMap((option, index) => (chosen.has(index) ? (option.feedback ?? []) : []));
  return { isRight, feedback };
};

const plain = (text: string, matchCase: boolean): string => {
  const single = text.normalize("NFC").trim().replace(/\s+/g, " ");
  return matchCase ? single : single.toLowerCase();
};

const isRightText = (quiz: Extract<Quiz, { type: "text" }>, text: string): boolean => {
  const { answers, pattern, matchCase } = quiz;
  const given = plain(text, matchCase);
  if (given === "") return false;
  if (answers.some((answer) => plain(answer, matchCase) === given)) return true;
  return (
    pattern !== undefined && new RegExp(`^(?:${pattern})$`, matchCase ? "v" : "iv").test(text.normalize("NFC").trim())
  );
};

/** An answer that must be graded as right; undefined when only a pattern says what is. */
export const rightAnswer = (quiz: Quiz): QuizAnswer | undefined => {
  if (quiz.type === "text") return quiz.answers[0] === undefined ? undefined : { text: quiz.answers[0] };
  return { choices: quiz.options.flatMap(({ isRight }, index) => (isRight ? [index] : [])) };
};

/** An answer that must be graded as wrong. */
export const wrongAnswer = (quiz: Quiz): QuizAnswer => {
  if (quiz.type === "text") return { text: "\u{10ffff} surely not this" };
  const wrong = quiz.options.findIndex(({ isRight }) => !isRight);
  // Where every option is right, one alone is too few.
  return { choices: [wrong === -1 ? 0 : wrong] };
};

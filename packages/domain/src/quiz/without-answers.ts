import type { PlacedQuiz } from "./read-quizzes.ts";

/** The page with nothing in its quiz blocks but their ids: questions and answers are in `meta.json`. */
export const withoutAnswers = (text: string, quizzes: readonly PlacedQuiz[]): string => {
  let result = "";
  let done = 0;
  for (const { fence, quiz } of quizzes) {
    const first = fence.lines[0];
    const last = fence.lines.at(-1);
    if (first === undefined || last === undefined) continue;
    const indent = /^\s*/.exec(first.text)?.[0] ?? "";
    result += `${text.slice(done, first.offset)}${indent}id: ${quiz.id}`;
    done = last.offset + last.text.length;
  }
  return result + text.slice(done);
};

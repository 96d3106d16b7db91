import type { Assertion } from "@atelier/contract";
import type { Quiz } from "@atelier/domain";
import type { CheckFinding } from "../checks/checker.ts";
import type { AnsweredQuiz } from "../progress/progress.ts";

/** A step without a goss file finds nothing wrong by itself. */
export const noFinding: CheckFinding = { outcome: "passed", assertions: [] };

/** A step with goss file and questions passes when both do. */
export const withQuizzes = (found: CheckFinding, quizzes: readonly Assertion[]): CheckFinding => {
  const hasFailed = quizzes.some(({ status }) => status !== "passed");
  return {
    ...found,
    outcome: found.outcome === "passed" && hasFailed ? "failed" : found.outcome,
    assertions: [...found.assertions, ...quizzes],
  };
};

/** What begins the id of an assertion that is a question's. */
export const quizAssertionPrefix = "quiz: ";

export const assertionOf = (quiz: Quiz, answered: AnsweredQuiz | undefined): Assertion => ({
  id: `${quizAssertionPrefix}${quiz.id}`,
  title: plainText(quiz.question),
  status: answered?.isRight ? "passed" : "failed",
  ...(answered?.isRight
    ? {}
    : {
        message:
          answered === undefined
            ? "You have not answered this question in the text yet."
            : "Your last answer to this question was not right.",
      }),
});

/** The first line of a question without what is markup in it. */
const plainText = (markdown: string): string =>
  (markdown.trim().split("\n")[0] ?? "").replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[*_`]/g, "");

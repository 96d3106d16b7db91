import { rightAnswer, type Step, wrongAnswer } from "@atelier/domain";
import { createStudent } from "../walk/student.ts";
import type { Observation } from "./verdict.ts";
import type { FreshWorkspace } from "./with-fresh-workspace.ts";

/**
 * Runs a step's check. Its questions are answered first: rightly where it must pass, wrongly where it must
 * fail. There the rest of the check has to fail by itself: a wrong answer would hide that it proves nothing.
 */
export const observeCheck = async (
  workspace: Extract<FreshWorkspace, { isReady: true }>,
  step: Step,
  answers: "right" | "wrong",
): Promise<Observation> => {
  const { port, token, control } = workspace;
  for (const quiz of step.quizzes ?? []) {
    const student = createStudent({ port, token: token("student") });
    const answer = answers === "right" ? rightAnswer(quiz) : wrongAnswer(quiz);
    const isRight = answer !== undefined && (await student.answer(step.id, quiz.id, answer));
    if (isRight !== (answers === "right"))
      return {
        outcome: "error",
        cause: `${answers === "right" ? "a right" : "a wrong"} answer to the question "${quiz.id}" is graded as ${isRight ? "right" : "wrong"}`,
        assertions: [],
      };
  }
  const view = await control.check(step.id);
  const own = view.assertions.filter(({ id }) => !id.startsWith("quiz: "));
  if (answers === "right" || step.quizzes === undefined || own.length === 0 || view.outcome !== "failed") return view;
  return { ...view, outcome: own.every(({ status }) => status === "passed") ? "passed" : "failed", assertions: own };
};

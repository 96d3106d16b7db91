import type { Diagnostic } from "../../problem/diagnostic.ts";
import { isQuiz, readQuizzes } from "../../quiz/read-quizzes.ts";
import { error } from "../report.ts";
import type { Page } from "./markdown.ts";

/** Questions: sound ones in the pages of steps, none elsewhere. */
export function* checkQuizzes(page: Page): Iterable<Diagnostic> {
  if (/^steps\/[^/]+\/content\.md$/.test(page.file.file)) {
    yield* readQuizzes(page).diagnostics;
    return;
  }
  for (const fence of page.fences.filter(isQuiz))
    yield error({
      code: "quiz-place",
      path: "",
      at: page.file.at(fence.infoOffset),
      message: "Questions are graded in content.md of a step only.",
      remedy: "Move this block into the content.md of a step.",
    });
}

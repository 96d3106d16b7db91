import type { Assertion, QuizView } from "@atelier/contract";
import { AppError, gradeQuiz, type Quiz, type QuizAnswer } from "@atelier/domain";
import type { EventLog } from "../events/event-log.ts";
import { type AnsweredQuiz, type History, quizKey } from "../progress/progress.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { assertionOf } from "./quiz-assertions.ts";

/** The questions of the workshop: asked without their answers, graded here, remembered in the events. */
export interface Quizzes {
  /** What the questions of a step add to its check. */
  assertions(step: string): Assertion[];
  views(step: string): Promise<QuizView[]>;
  /** Throws `not-found`, `bad-request` for what is no answer to it, and `too-soon`. */
  answer(step: string, quiz: string, answer: QuizAnswer): Promise<QuizView>;
  /** Whether questions are all that the step's check asks for, and each is answered right. */
  isAllAnswered(step: string): boolean;
}

export interface QuizzesOptions {
  readonly loaded: LoadedWorkshop;
  readonly history: Pick<History, "answers">;
  readonly events: Pick<EventLog, "append">;
  readonly render: (step: string, markdown: string) => Promise<string>;
  readonly now: () => Date;
}

export const createQuizzes = ({ loaded, history, events, render, now }: QuizzesOptions): Quizzes => {
  const quizzesOf = (step: string): readonly Quiz[] => loaded.steps.find(({ id }) => id === step)?.quizzes ?? [];
  const answered = (step: string, quiz: Quiz): AnsweredQuiz | undefined => history.answers.get(quizKey(step, quiz.id));

  const retryAt = (quiz: Quiz, last: AnsweredQuiz | undefined): Date | undefined => {
    if (last === undefined || last.isRight || quiz.retryAfterSeconds === 0) return undefined;
    const at = new Date(Date.parse(last.at) + quiz.retryAfterSeconds * 1000);
    return at > now() ? at : undefined;
  };

  const view = async (step: string, quiz: Quiz): Promise<QuizView> => {
    const last = answered(step, quiz);
    const texts = (markdowns: readonly string[]): Promise<string[]> =>
      Promise.all(markdowns.map((markdown) => render(step, markdown)));
    return {
      id: quiz.id,
      type: quiz.type,
      questionHtml: await render(step, quiz.question),
      optionsHtml: quiz.type === "text" ? [] : await texts(quiz.options.map(({ text }) => text)),
      ...(last === undefined ? {} : { answered: await answeredView(step, quiz, last) }),
    };
  };

  const answeredView = async (step: string, quiz: Quiz, last: AnsweredQuiz): Promise<QuizView["answered"]> => {
    const answer = asAnswer(last.answer);
    // The author may have changed the question since: then there is nothing to say about the old answer.
    const feedback = gradeQuiz(quiz, answer)?.feedback ?? [];
    const at = retryAt(quiz, last);
    return {
      answer: "text" in answer ? { text: answer.text } : { choices: [...answer.choices] },
      isRight: last.isRight,
      feedbackHtml: await Promise.all(feedback.map((markdown) => render(step, markdown))),
      ...(last.isRight && quiz.explanation !== undefined
        ? { explanationHtml: await render(step, quiz.explanation) }
        : {}),
      tries: last.tries,
      ...(at === undefined ? {} : { retryAt: at.toISOString() }),
    };
  };

  return {
    assertions: (step) => quizzesOf(step).map((quiz) => assertionOf(quiz, answered(step, quiz))),
    views: (step) => Promise.all(quizzesOf(step).map((quiz) => view(step, quiz))),
    answer: async (step, id, answer) => {
      const quiz = quizzesOf(step).find((candidate) => candidate.id === id);
      if (quiz === undefined) throw new AppError("not-found", `There is no question "${id}" in this step.`);
      const last = answered(step, quiz);
      // A question that is done stays done: a later slip of the finger takes nothing away.
      if (last?.isRight) return view(step, quiz);
      const at = retryAt(quiz, last);
      if (at !== undefined) {
        const seconds = Math.ceil((at.getTime() - now().getTime()) / 1000);
        const problem = new AppError("too-soon", `The next answer is taken in ${seconds} s.`, {
          hint: "Read the text again meanwhile.",
        });
        throw Object.assign(problem, { retryAfterSeconds: seconds });
      }
      const grade = gradeQuiz(quiz, answer);
      if (grade === undefined) throw new AppError("bad-request", "That is no answer to this question.");
      events.append({
        type: "quiz-answered",
        step,
        quiz: id,
        answer: "text" in answer ? answer.text : [...answer.choices],
        isRight: grade.isRight,
      });
      return view(step, quiz);
    },
    isAllAnswered: (step) => quizzesOf(step).every((quiz) => answered(step, quiz)?.isRight === true),
  };
};

const asAnswer = (answer: AnsweredQuiz["answer"]): QuizAnswer =>
  typeof answer === "string" ? { text: answer } : { choices: answer };

import { isAbsolute, join, normalize } from "node:path";
import type { NewVariables, newSaveSchema, QuizView, SavedBlockView } from "@atelier/contract";
import { AppError, isAppError, type QuizAnswer, readFenceInfo } from "@atelier/domain";
import type { z } from "zod";
import type { EventLog } from "../events/event-log.ts";
import type { Quizzes } from "../quizzes/quizzes.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { readVariables } from "./variables.ts";
import { runSaver, type SaverOptions } from "./save-file/run-saver.ts";

export type SaveOptions = z.output<typeof newSaveSchema>;

/** What a student does in the text of a step. */
export interface ContentService {
  /** Writes a block's file as the student. */
  saveBlock(step: string, block: number, options: SaveOptions): Promise<SavedBlockView>;
  openHint(step: string, hint: number): void;
  setVariables(values: NewVariables): void;
  answerQuiz(place: QuizPlace, answer: QuizAnswer): Promise<QuizView>;
}

export interface QuizPlace {
  readonly step: string;
  readonly quiz: string;
  readonly by: "student" | "instructor";
}

export interface ContentServiceOptions extends SaverOptions {
  readonly loaded: LoadedWorkshop;
  readonly events: EventLog;
  /** Throws for a step that is locked or does not exist. */
  readonly refuseLocked: (step: string) => void;
  readonly quizzes: Quizzes;
  /** Other tabs are told. */
  readonly onAnswered: (step: string, quiz: QuizView) => void;
  readonly hasGoss: (step: string) => Promise<boolean>;
  readonly check: (step: string, by: QuizPlace["by"]) => Promise<unknown>;
  /** A block of a page by its number, with variables filled in. */
  readonly readBlock: (
    step: string,
    page: SaveOptions["page"],
    block: number,
  ) => Promise<{ readonly info: string; readonly content: string } | undefined>;
}

export const createContentService = (options: ContentServiceOptions): ContentService => {
  const { loaded, events, identity, refuseLocked } = options;
  return {
    saveBlock: async (step, block, { page, replace }) => {
      refuseLocked(step);
      const found = await options.readBlock(step, page, block);
      const target = found === undefined ? undefined : readFenceInfo(found.info).info.save;
      if (found === undefined || target === undefined)
        throw new AppError("not-found", `Block ${block} of this page is not saved to a file.`);
      const path = absolute(target.path, { home: identity.home, workdir: loaded.workshop.workdir });
      const answer = await runSaver(
        { path, text: found.content, replace, ...(target.mode === undefined ? {} : { mode: target.mode }) },
        options,
      );
      if (answer.outcome === "failed") throw new AppError("not-saved", `The file was not written: ${answer.cause}.`);
      if (answer.outcome === "differs")
        throw new AppError("file-differs", `There is another ${path} already.`, {
          hint: "Replace it, or keep yours.",
        });
      if (answer.outcome !== "same") events.append({ type: "block-saved", step, path });
      return { path, outcome: answer.outcome };
    },
    setVariables: (values) => {
      for (const [name, value] of readVariables(loaded.workshop.variables ?? [], values))
        events.append({ type: "variable-set", name, value });
    },
    answerQuiz: async ({ step, quiz, by }, answer) => {
      refuseLocked(step);
      const view = await options.quizzes.answer(step, quiz, answer);
      options.onAnswered(step, view);
      // Nothing else is to be done there: the last right answer is the check.
      if (view.answered?.isRight && !(await options.hasGoss(step)) && options.quizzes.isAllAnswered(step))
        await options.check(step, by).catch((error: unknown) => {
          // Another check is on its way: the student asks again with the button.
          if (!isAppError(error) || error.code !== "check-running") throw error;
        });
      return view;
    },
    openHint: (step, hint) => {
      refuseLocked(step);
      events.append({ type: "help-opened", step, level: "hints", hint });
    },
  };
};

const absolute = (path: string, { home, workdir }: { readonly home: string; readonly workdir: string }): string =>
  normalize(path.startsWith("~/") ? join(home, path.slice(2)) : isAbsolute(path) ? path : join(workdir, path));

import type { CheckView } from "@atelier/contract";
import type { EventStream } from "../http/event-stream.ts";
import type { History } from "../progress/progress.ts";
import type { Terminals } from "../terminal/terminals.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import { type AutoCheckPace, startAutoChecks } from "./auto-checks.ts";
import { type Checker, findingOf } from "./checker.ts";
import { isMachineBusy } from "./machine-load.ts";

export interface CheckByItselfOptions {
  readonly loaded: LoadedWorkshop;
  readonly history: History;
  readonly checker: Checker;
  readonly terminals: () => Terminals | undefined;
  readonly stream: Pick<EventStream, "send">;
  readonly folders: readonly string[];
  readonly onError: (error: unknown) => void;
  readonly isBusy?: () => boolean;
  readonly pace?: Partial<AutoCheckPace>;
}

/** Checks the step the student is on by itself where its author wrote `check.auto`, and shows what it found. */
export const checkByItself = (options: CheckByItselfOptions): Disposable => {
  const { loaded, history, checker } = options;
  if (!loaded.steps.some(({ check }) => check?.auto)) return { [Symbol.dispose]: () => {} };
  return startAutoChecks({
    step: () => {
      const step = loaded.steps.find(({ id }) => id === history.current);
      // What was shown solved is not passed by looking at it.
      return step?.check?.auto && !history.passed.has(step.id) && !history.solved.has(step.id) ? step.id : undefined;
    },
    check: async (step, signal) => {
      const check: CheckView = await checker.check(step, { trigger: "auto", signal });
      options.stream.send({ type: "check", check });
      return { outcome: check.outcome, durationMs: check.durationMs, finding: findingOf(check) };
    },
    activeAt: () => options.terminals()?.activeAt() ?? 0,
    folders: options.folders,
    isBusy: options.isBusy ?? isMachineBusy,
    onError: options.onError,
    now: () => performance.now(),
    ...(options.pace ? { pace: options.pace } : {}),
  });
};

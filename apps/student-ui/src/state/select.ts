import type { StepState, StepSummary, WorkspaceView } from "@atelier/contract";
import type { StudentState } from "./student-state.ts";
import type { View } from "./view.ts";

export const isDone = (state: StepState): boolean => state === "passed" || state === "completed" || state === "solved";

export const doneCount = (workspace: WorkspaceView): number =>
  workspace.steps.filter((step) => isDone(step.state)).length;

export const summaryOf = (workspace: WorkspaceView, id: string): StepSummary | undefined =>
  workspace.steps.find((step) => step.id === id);

/** What stands before and after a page, and why the next one cannot be entered yet. */
export interface Neighbours {
  readonly previous?: View;
  readonly next?: View;
  readonly nextLocked?: string;
}

/**
 * Neighbours of a page in the order of the workshop. The next step of a locked row is named with its
 * reason; a done last step leads to the wrap-up.
 */
export const neighbours = (workspace: WorkspaceView, view: View): Neighbours => {
  const { steps } = workspace;
  const last = steps.at(-1);
  if (view.page === "intro") return steps[0] === undefined ? {} : { next: { page: "step", step: steps[0].id } };
  if (view.page === "finish") return last === undefined ? {} : { previous: { page: "step", step: last.id } };
  if (view.page === "print") return {};
  const index = steps.findIndex((step) => step.id === view.step);
  const before = steps[index - 1];
  const after = steps[index + 1];
  const previous: View = before === undefined ? { page: "intro" } : { page: "step", step: before.id };
  if (after === undefined) return { previous, next: { page: "finish" } };
  return {
    previous,
    next: { page: "step", step: after.id },
    ...(after.state === "locked" ? { nextLocked: after.lockedReason ?? "" } : {}),
  };
};

/** Whether the boot screen is all there is to show: no workspace view has come yet. */
export type Stage = "loading" | "refused" | "unreachable" | "booting" | "open";

export const stageOf = (state: StudentState): Stage => {
  if (state.connection.phase === "refused") return "refused";
  if (state.workspace !== undefined) return "open";
  if (state.connection.phase === "waiting" || (state.connection.phase === "connecting" && state.connection.attempt > 0))
    return state.boot === undefined || state.connection.attempt > 2 ? "unreachable" : "booting";
  return state.boot === undefined ? "loading" : "booting";
};

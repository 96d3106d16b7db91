import type { Navigation } from "./workshop.ts";

/** What navigation needs to know of a step. */
export interface NavigableStep {
  readonly id: string;
  readonly title: string;
  readonly group?: string | undefined;
  readonly requires: readonly string[];
}

/** What the student has done so far, rebuilt from the state events. */
export interface Progress {
  /** Steps whose check passed. */
  readonly passed: ReadonlySet<string>;
  /** Steps without a check that the student called done. */
  readonly completed: ReadonlySet<string>;
  /** Steps that were solved for the student: done, but never passed. */
  readonly solved: ReadonlySet<string>;
  readonly current?: string;
}

export interface StepStanding {
  readonly id: string;
  readonly isDone: boolean;
  /** Why the step may not be entered yet, for people; absent: it may. */
  readonly lockedReason?: string;
}

/** Whether a step counts as behind the student, however it was done. */
export const isDone = (progress: Progress, id: string): boolean =>
  progress.passed.has(id) || progress.completed.has(id) || progress.solved.has(id);

/**
 * Where every step stands. `linear`: in order, each after the one before. `free`: all open. `guided`:
 * groups open in the order in which they first appear, steps in a group are free; `requires` holds
 * across groups. A step that is done stays open in every mode.
 */
export const standings = (
  navigation: Navigation,
  steps: readonly NavigableStep[],
  progress: Progress,
): readonly StepStanding[] =>
  steps.map((step, index) => {
    const done = isDone(progress, step.id);
    const reason = done ? undefined : lockedReason({ navigation, steps, progress, index });
    return { id: step.id, isDone: done, ...(reason === undefined ? {} : { lockedReason: reason }) };
  });

interface Place {
  readonly navigation: Navigation;
  readonly steps: readonly NavigableStep[];
  readonly progress: Progress;
  readonly index: number;
}

const lockedReason = (place: Place): string | undefined => {
  if (place.navigation === "free") return missingRequirement(place);
  return place.navigation === "linear" ? earlierStep(place) : (missingRequirement(place) ?? earlierGroup(place));
};

const earlierStep = ({ steps, progress, index }: Place): string | undefined => {
  const open = steps.slice(0, index).find(({ id }) => !isDone(progress, id));
  return open && `Finish “${open.title}” first.`;
};

const missingRequirement = ({ steps, progress, index }: Place): string | undefined => {
  const missing = (steps[index]?.requires ?? []).filter((id) => !isDone(progress, id));
  if (missing.length === 0) return undefined;
  const titles = missing.map((id) => `“${steps.find((step) => step.id === id)?.title ?? id}”`);
  return `Needs ${titles.length > 1 ? `${titles.slice(0, -1).join(", ")} and ` : ""}${titles.at(-1)}.`;
};

const earlierGroup = ({ steps, progress, index }: Place): string | undefined => {
  const own = steps[index]?.group;
  const groups = [...new Set(steps.map(({ group }) => group))];
  const before = groups.slice(0, groups.indexOf(own));
  const open = steps.find(({ id, group }) => before.includes(group) && !isDone(progress, id));
  return open && `Opens when the part ${open.group === undefined ? "before it" : `“${open.group}”`} is finished.`;
};

/**
 * Why a student may not yet take `next` from a step, for people; absent: they may. It shows the step's own
 * result, so `linear` wants the step done; elsewhere the step after it must be open, and after the last one
 * nothing is locked.
 */
export const nextLockedReason = (
  { navigation, steps, progress }: Omit<Place, "index">,
  from: string,
): string | undefined => {
  const index = steps.findIndex(({ id }) => id === from);
  const step = steps[index];
  if (step === undefined) return undefined;
  if (navigation === "linear") return isDone(progress, from) ? undefined : `Finish “${step.title}” first.`;
  return standings(navigation, steps, progress)[index + 1]?.lockedReason;
};

/** The step after this one that may be entered and is not done; else simply the next one in order. */
export const nextStep = (
  steps: readonly NavigableStep[],
  standing: readonly StepStanding[],
  from: string | undefined,
): string | undefined => {
  const index = steps.findIndex(({ id }) => id === from);
  const later = [...steps.slice(index + 1), ...steps.slice(0, Math.max(index, 0))];
  const open = later.find(({ id }) => {
    const own = standing.find((candidate) => candidate.id === id);
    return own !== undefined && !own.isDone && own.lockedReason === undefined;
  });
  return open?.id ?? steps[index + 1]?.id;
};

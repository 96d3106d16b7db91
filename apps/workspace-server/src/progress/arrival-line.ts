import { listed, outsideOf } from "./lost-notice.ts";
import type { History } from "./progress.ts";

/**
 * One line for the terminal of a container that has just replaced another: what happened, and what stayed behind.
 *
 * @param roots what of the student's is saved
 */
export const arrivalLine = (
  { undo, lost, arrival, files }: Pick<History, "undo" | "lost" | "arrival" | "files">,
  roots: readonly string[],
): string | undefined => {
  if (undo === undefined && lost === undefined) return undefined;
  const { replaced = [], skipped = [] } = arrival ?? {};
  const facts = [
    lost
      ? whatWasLost(lost, roots)
      : isBack(undo, files)
        ? "The move failed: you are where you were, in another container, with your files as they were"
        : (whatHappened[undo?.reason ?? ""] ?? otherContainer),
    ...(replaced.length > 0
      ? [`${replaced.length} of them ${replaced.length === 1 ? "has" : "have"} the step's version, yours is kept`]
      : []),
    ...(skipped.length > 0 ? [`${skipped.length} could not come along`] : []),
  ];
  const jobs = lost ? ["running programs"] : jobsOf(undo?.jobs ?? []);
  return `${facts.join("; ")}. Not along: ${[outsideOf(roots), ...jobs, "exported variables"].join(", ")}.`;
};

/** Exactly what was saved on leaving is here again: moves other than these bring it along in another way, or not at all. */
const isBack = (undo: History["undo"], files: History["files"]): boolean =>
  undo !== undefined &&
  undo.reason !== "undo" &&
  undo.reason !== "restore" &&
  files?.kind === "exact" &&
  files.checkpoint === undo.checkpoint;

const jobsOf = (jobs: readonly string[]): readonly string[] =>
  jobs.length > 0 ? [`running programs (${jobs.slice(0, 5).join(", ")})`] : [];

const whatWasLost = ({ isRestored }: NonNullable<History["lost"]>, roots: readonly string[]): string =>
  `The container before is gone, this is another one; ${isRestored ? `${listed(roots)} ${roots.length > 1 ? "are" : "is"} back as saved last` : "nothing of yours was saved in it"}`;

const otherContainer = "This is another container; your files came along";
const clean = "a clean container; the files you had are saved, and undo leads back";
const whatHappened: Readonly<Record<string, string>> = {
  next: "On to the next step; your files came along",
  move: "Moved to a new build; your files came along",
  goto: `Moved to this step: ${clean}`,
  reset: `The step begins again: ${clean}`,
  solve: `The step, solved: ${clean}`,
  undo: "Back where you were, with your files as they were",
  restore: "Your files are as they were saved",
};

import type { History } from "./progress.ts";

/** One line for the terminal of a container that has just replaced another: what happened, and what stayed behind. */
export const arrivalLine = ({ undo, arrival }: Pick<History, "undo" | "arrival">): string | undefined => {
  if (undo === undefined) return undefined;
  const facts = [whatHappened[undo.reason] ?? "This is another container; your files came along"];
  const { replaced = [], skipped = [] } = arrival ?? {};
  if (replaced.length > 0)
    facts.push(
      `${replaced.length} of them ${replaced.length === 1 ? "has" : "have"} the step's version, yours is kept`,
    );
  if (skipped.length > 0) facts.push(`${skipped.length} could not come along`);
  const lost = [
    ...(undo.jobs.length > 0 ? [`running programs (${undo.jobs.slice(0, 5).join(", ")})`] : []),
    "exported variables",
  ];
  return `${facts.join("; ")}. Not along: ${lost.join(", ")}.`;
};

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

import type { WorkspaceView } from "@atelier/contract";
import type { History } from "./progress.ts";

/** How long the page keeps saying so; the terminal has a line of it that stays. */
const shownMs = 10 * 60_000;

/**
 * For the page of a student whose container was lost: what is back, and what is not.
 *
 * @param roots what of the student's is saved
 */
export const lostNotice = (
  { lost }: Pick<History, "lost">,
  { roots, now }: { readonly roots: readonly string[]; readonly now: Date },
): WorkspaceView["notices"] => {
  if (lost === undefined || now.getTime() - Date.parse(lost.at) > shownMs) return [];
  const back = lost.isRestored
    ? `What you had in ${listed(roots)} is back as it was saved last.`
    : "Nothing of yours had been saved in it that could come back.";
  return [
    {
      code: "container-lost",
      cause: "The container that you worked in is gone; this is another one.",
      remedy: `${back} Not back: ${outsideOf(roots)} (installed packages, files in /tmp or /etc, for example), running programs and exported variables.`,
    },
  ];
};

/** What no checkpoint holds, wherever it was. */
export const outsideOf = (roots: readonly string[]): string => `what you changed outside ${listed(roots)}`;

/** The folders in a sentence. */
export const listed = (roots: readonly string[]): string =>
  roots.length < 2 ? (roots[0] ?? "your home") : `${roots.slice(0, -1).join(", ")} and ${roots.at(-1)}`;

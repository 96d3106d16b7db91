import type { Readable, Writable } from "node:stream";
import type { Context } from "./context.ts";

/** What a second run does after the workshop was edited. */
export type OnEdit = "continue" | "move" | "fresh";

interface Asked extends Pick<Context, "reporter"> {
  /** Where the question stands and the keys come from; absent: the process's own terminal. */
  readonly terminal?: { readonly input: Readable; readonly output: Writable };
}

/**
 * Asks, unless it was said. Where nobody can be asked, nothing under the student changes.
 * @param cause why there is a question, as the beginning of a sentence
 */
export const chooseOnEdit = async (
  { reporter, terminal }: Asked,
  { name, cause }: { readonly name: string; readonly cause: string },
  said: OnEdit | undefined,
): Promise<OnEdit> => {
  if (said !== undefined) return said;
  if (!reporter.isInteractive) {
    reporter.warn(
      `${cause}; "${name}" goes on with its old build. --on-edit move takes the files along to the new one, --on-edit fresh begins again.`,
    );
    return "continue";
  }
  const { select, isCancel } = await import("@clack/prompts");
  const answer = await select<OnEdit>({
    message: `${cause}. How to go on?`,
    options: [
      { value: "continue", label: "Go on in the old build" },
      { value: "move", label: "Move to the new build and keep the files" },
      { value: "fresh", label: "Begin afresh", hint: `deletes everything in "${name}"` },
    ],
    initialValue: "continue",
    ...terminal,
  });
  if (isCancel(answer)) throw new Error("interrupted");
  return answer;
};

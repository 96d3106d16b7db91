import { AppError } from "@atelier/domain";
import type { Context } from "./context.ts";

/** Asks yes or no. Where nobody can be asked it fails and names the flag. */
export const confirm = async ({ reporter }: Context, question: string): Promise<boolean> => {
  if (!reporter.isInteractive)
    throw new AppError("usage", `${question} There is nobody to ask here.`, { hint: "Say --yes." });
  const { confirm: ask, isCancel } = await import("@clack/prompts");
  const answer = await ask({ message: question, initialValue: false });
  if (isCancel(answer)) throw new Error("interrupted");
  return answer;
};

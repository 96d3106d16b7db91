import type { NewRequest } from "@atelier/contract";
import { isAppError } from "@atelier/domain";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";
import { followProgress } from "../follow-progress.ts";

export interface TransitionOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Asks the supervisor for a transition, follows it, and says where the student is now. */
export const transition = async (
  context: Context,
  { name, request }: { readonly name: string; readonly request: NewRequest },
  options: TransitionOptions,
): Promise<number> => {
  const { reporter } = context;
  await (await context.workspaces()).find(name);
  const supervisor = await context.supervisor();
  const ask = (confirmed: boolean) =>
    supervisor.transition(
      name,
      { order: "request", request: { ...request, ...(confirmed ? { confirmed } : {}) } },
      { onProgress: followProgress(context), signal: context.signal },
    );
  const result = await ask(options.yes === true).catch(async (error: unknown) => {
    // A running job would be ended; it is the student's to say.
    if (!isAppError(error) || error.code !== "jobs-running" || options.yes === true) throw error;
    reporter.progressDone();
    return (await confirm(context, `${error.message}\nGo on and end them?`)) ? ask(true) : undefined;
  });
  reporter.progressDone();
  if (result === undefined) {
    reporter.info("Nothing was changed.");
    return 0;
  }
  if (options.json) reporter.json({ name, image: result.image, step: result.step, swapped: result.swapped });
  else
    reporter.info(
      `${reporter.paint.green("✓")} ${name} is at ${result.step ?? result.image ?? "the start"}${result.swapped === false ? "; nothing had to be replaced" : ""}.`,
    );
  return 0;
};

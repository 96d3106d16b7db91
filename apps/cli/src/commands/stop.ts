import { namesMeant } from "../batch/names-meant.ts";
import type { Context } from "../context.ts";
import { followProgress } from "../follow-progress.ts";

export default async (
  context: Context,
  given: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const workspaces = await context.workspaces();
  const names = await namesMeant(workspaces, given);
  const supervisor = await context.supervisor();
  for (const name of names) {
    await supervisor.stop(name, { onProgress: followProgress(context), signal: context.signal });
    context.reporter.progressDone();
    context.reporter.info(`Stopped ${name}. Everything in it is kept: atelier start ${name}`);
  }
  if (options.json) context.reporter.json({ stopped: names });
  return 0;
};

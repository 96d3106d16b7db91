import { namesMeant } from "../batch/names-meant.ts";
import type { Context } from "../context.ts";
import { followStart } from "../follow-start.ts";

export default async (
  context: Context,
  given: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const names = await namesMeant(await context.workspaces(), given);
  const started: { name: string; url: string; phase: string }[] = [];
  for (const name of names) {
    const result = await followStart(context, name);
    started.push(result);
    if (!options.json) {
      context.reporter.info(`Started ${name}. Open this link:`);
      context.reporter.result(result.url);
    }
  }
  if (options.json) context.reporter.json(started);
  return started.every(({ phase }) => phase === "ready") ? 0 : 1;
};

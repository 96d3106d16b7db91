import type { Context } from "../context.ts";
import { followStart } from "../follow-start.ts";

export default async (
  context: Context,
  names: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const workspaces = await context.workspaces();
  const started: { name: string; url: string; phase: string }[] = [];
  for (const name of names) started.push(await followStart(context, workspaces, name));
  if (options.json) context.reporter.json(started);
  return started.every(({ phase }) => phase === "ready") ? 0 : 1;
};

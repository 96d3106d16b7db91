import type { Context } from "./context.ts";

/** Deletes a workspace with everything in it. Nobody is started for that: what does not run needs no looking after. */
export const removeWorkspace = async (context: Context, name: string): Promise<void> => {
  const supervisor = await context.runningSupervisor();
  const isLookedAfter = (await supervisor?.workspaces())?.some((view) => view.name === name);
  if (supervisor && isLookedAfter) await supervisor.remove(name, { signal: context.signal });
  else await (await context.workspaces()).remove(name);
};

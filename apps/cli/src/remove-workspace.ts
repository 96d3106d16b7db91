import type { Context } from "./context.ts";

/** Deletes a workspace with everything in it. Nobody is started for that: what does not run needs no looking after. */
export const removeWorkspace = async (context: Context, name: string): Promise<void> => {
  const supervisor = await context.runningSupervisor();
  // Also for one that it does not show: it may be starting services for it at this moment.
  if (supervisor) await supervisor.remove(name, { signal: context.signal });
  else await (await context.workspaces()).remove(name);
};

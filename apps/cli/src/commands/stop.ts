import type { Context } from "../context.ts";

export default async (
  context: Context,
  names: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const workspaces = await context.workspaces();
  for (const name of names) {
    await workspaces.stop(name);
    context.reporter.info(`Stopped ${name}. Everything in it is kept: atelier start ${name}`);
  }
  if (options.json) context.reporter.json({ stopped: names });
  return 0;
};

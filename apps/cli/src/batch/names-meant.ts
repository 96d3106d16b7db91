import type { Workspaces } from "@atelier/backend-docker";

/** The workspaces that names mean: a workspace of that name, else all of the batch of that name. Throws `AppError` `no-such-workspace`. */
export const namesMeant = async (workspaces: Workspaces, names: readonly string[]): Promise<readonly string[]> => {
  const all = await workspaces.list();
  const meant: string[] = [];
  for (const name of names) {
    const members = all.filter(({ settings }) => settings?.batch === name).map((status) => status.name);
    if (members.length > 0 && !all.some((status) => status.name === name)) meant.push(...members);
    else meant.push((await workspaces.find(name)).name);
  }
  return [...new Set(meant)];
};

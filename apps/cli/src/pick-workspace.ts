import { AppError } from "@atelier/domain";
import type { WorkspaceStatus, Workspaces } from "@atelier/backend-docker";

/** The named workspace; without a name the only one there is. */
export const pickWorkspace = async (workspaces: Workspaces, name: string | undefined): Promise<WorkspaceStatus> => {
  if (name !== undefined) return workspaces.find(name);
  const all = await workspaces.list();
  if (all.length === 1 && all[0]) return all[0];
  throw new AppError(
    "usage",
    all.length === 0 ? "There is no workspace yet." : "There are several workspaces; name one.",
    {
      hint:
        all.length === 0 ? "Start one: atelier run <folder>" : `One of: ${all.map((status) => status.name).join(", ")}`,
    },
  );
};

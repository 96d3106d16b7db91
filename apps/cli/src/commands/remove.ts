import { AppError } from "@atelier/domain";
import { namesMeant } from "../batch/names-meant.ts";
import type { Context } from "../context.ts";
import { confirm } from "../confirm.ts";
import { removeWorkspace } from "../remove-workspace.ts";

export default async (
  context: Context,
  names: readonly string[],
  options: { readonly all?: boolean; readonly yes?: boolean; readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const workspaces = await context.workspaces();
  if (options.all !== true && names.length === 0)
    throw new AppError("usage", "Name the workspaces to remove, or say --all.", { hint: "`atelier list` shows them." });
  const all = await workspaces.list();
  const doomed = options.all ? all.map(({ name }) => name) : await namesMeant(workspaces, names);
  if (doomed.length > 0 && options.yes !== true) {
    const question = `Delete ${doomed.join(", ")} with all files, progress, logs and recordings in ${doomed.length === 1 ? "it" : "them"}?`;
    if (!(await confirm(context, question))) {
      reporter.info("Nothing was removed.");
      return 0;
    }
  }
  for (const name of doomed) await removeWorkspace(context, name);
  if (options.all) await workspaces.removeAll();
  if (options.json) reporter.json({ removed: doomed });
  else reporter.info(doomed.length === 0 ? "There was no workspace to remove." : `Removed ${doomed.join(", ")}.`);
  return 0;
};

import { AppError } from "@atelier/domain";
import type { Context } from "./context.ts";
import { openBrowser } from "./open-browser.ts";
import { pickWorkspace } from "./pick-workspace.ts";

interface LinkOptions {
  readonly print?: boolean;
  readonly json?: boolean;
}

/** The command that prints a running workspace's link for a role, and opens it. */
export const openLink =
  (role: "student" | "instructor") =>
  async (context: Context, [name]: readonly string[], options: LinkOptions): Promise<number> => {
    const { reporter } = context;
    const workspaces = await context.workspaces();
    const { settings, state, name: found } = await pickWorkspace(workspaces, name);
    if (settings === undefined || state !== "running")
      throw new AppError("workspace-stopped", `The workspace "${found}" does not run.`, {
        hint: `Start it: atelier start ${found}`,
      });
    await context.supervisor();
    const url = workspaces.url(settings, role);
    if (options.json) reporter.json({ name: found, url });
    else reporter.result(url);
    if (!options.print && !options.json && !(await openBrowser(url)))
      reporter.info("No browser could be opened from here; open the link yourself.");
    return 0;
  };

import type { WorkspaceStatus } from "@atelier/backend-docker";
import type { LocalWorkspaceView } from "@atelier/contract";
import type { Context } from "../context.ts";
import { table } from "../reporter/table.ts";

export default async (
  context: Context,
  _args: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const workspaces = await context.workspaces();
  // What a killed build left is nobody's workspace; it goes before anyone wonders what it is.
  const { removeLeftovers } = await import("@atelier/build");
  await removeLeftovers(await context.engine(), (await context.state()).id);
  const isManaged = ({ settings }: WorkspaceStatus): boolean => settings !== undefined && settings.managed !== false;
  // What ended while nobody looked is stopped or deleted before it is shown.
  const supervisor = (await workspaces.list()).some(isManaged) ? await context.supervisor() : undefined;
  const views = new Map((await supervisor?.workspaces())?.map((view) => [view.name, view]));
  const all = await workspaces.list();
  const { reporter } = context;
  if (options.json) {
    reporter.json(
      all.map((status) => ({
        name: status.name,
        state: status.state,
        workshop: status.settings?.workshop,
        version: status.settings?.version,
        step: status.settings?.step,
        url: linkOf(status),
        folder: status.settings?.folder,
        batch: status.settings?.batch,
        createdAt: status.settings?.createdAt,
        image: status.settings?.image,
        deadline: views.get(status.name)?.deadline,
        retainUntil: views.get(status.name)?.retainUntil,
      })),
    );
    return 0;
  }
  if (all.length === 0) {
    reporter.info("No workspaces. Start one: atelier run <folder>");
    return 0;
  }
  const { paintResult: paint } = reporter;
  const states = {
    running: paint.green("running"),
    stopped: paint.dim("stopped"),
    incomplete: paint.yellow("incomplete"),
  };
  const hasBatches = all.some(({ settings }) => settings?.batch !== undefined);
  reporter.result(
    table(
      ["NAME", ...(hasBatches ? ["BATCH"] : []), "STATE", "WORKSHOP", "ADDRESS", "ENDS"],
      all.map((status) => [
        status.name,
        ...(hasBatches ? [status.settings?.batch ?? ""] : []),
        states[status.state],
        status.settings ? `${status.settings.workshop} ${status.settings.version}` : "?",
        linkOf(status) ?? "",
        endOf(views.get(status.name)),
      ]),
    ),
  );
  for (const { name, notices } of views.values())
    for (const { cause, remedy } of notices) reporter.warn(`${name}: ${cause} ${remedy}`);
  return 0;

  function endOf(view: LocalWorkspaceView | undefined): string {
    const at = (iso: string): string => iso.slice(0, 16).replace("T", " ");
    if (view?.deadline) return `stops ${at(view.deadline)} UTC`;
    return view?.retainUntil ? `deleted ${at(view.retainUntil)} UTC` : "";
  }

  function linkOf({ settings, state }: WorkspaceStatus): string | undefined {
    return settings && state === "running" ? new URL(workspaces.url(settings, "student")).origin + "/" : undefined;
  }
};

import type { WorkspaceStatus } from "@atelier/backend-docker";
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
        createdAt: status.settings?.createdAt,
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
  reporter.result(
    table(
      ["NAME", "STATE", "WORKSHOP", "ADDRESS"],
      all.map((status) => [
        status.name,
        states[status.state],
        status.settings ? `${status.settings.workshop} ${status.settings.version}` : "?",
        linkOf(status) ?? "",
      ]),
    ),
  );
  return 0;

  function linkOf({ settings, state }: WorkspaceStatus): string | undefined {
    return settings && state === "running" ? `http://127.0.0.1:${settings.port}/` : undefined;
  }
};

import type { Context } from "../context.ts";
import { findRecordings } from "../recordings/find-recordings.ts";
import { table } from "../reporter/table.ts";

export default async (
  context: Context,
  [workspace = ""]: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const workspaces = await context.workspaces();
  await workspaces.find(workspace);
  const all = await findRecordings(workspaces, workspace, context.signal);
  const { reporter } = context;
  if (options.json)
    reporter.json(all.map(({ startedAt, ...recording }) => ({ ...recording, startedAt: startedAt.toISOString() })));
  else if (all.length === 0) reporter.info("Nothing was recorded in this workspace.");
  else
    reporter.result(
      table(
        ["RECORDING", "TERMINAL", "STARTED", "LENGTH", "COMMANDS", "SIZE"],
        all.map(({ id, terminal, startedAt, seconds, commands, bytes }) => [
          id,
          terminal,
          `${startedAt.toISOString().slice(0, 16).replace("T", " ")} UTC`,
          lengthOf(seconds),
          String(commands),
          sizeOf(bytes),
        ]),
      ),
    );
  return 0;
};

const lengthOf = (seconds: number): string => {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
};

const sizeOf = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

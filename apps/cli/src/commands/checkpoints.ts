import type { Context } from "../context.ts";
import { table } from "../reporter/table.ts";
import { readCheckpoints, reasonWords } from "../transitions/read-checkpoints.ts";

export default async (
  context: Context,
  [name = ""]: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> => {
  const { reporter } = context;
  const all = await readCheckpoints(context, name);
  if (options.json) {
    reporter.json(all);
    return 0;
  }
  if (all.length === 0) {
    reporter.info("Nothing was saved yet. The first checkpoint is made within 30 s of a change.");
    return 0;
  }
  reporter.result(
    table(
      ["ID", "SAVED (UTC)", "ON", "WHY", "FILES", "SIZE"],
      all.map(({ id, at, step, reason, files, bytes }) => [
        shortId(id, all),
        at.slice(0, 19).replace("T", " "),
        step,
        reasonWords[reason],
        String(files),
        `${Math.ceil(bytes / 1024)} KiB`,
      ]),
    ),
  );
  for (const { path, why } of all[0]?.skipped ?? []) reporter.warn(`not saved: ${path}: ${why}`);
  reporter.info(`Bring one back: atelier restore ${name} <id>`);
  return 0;
};

/** As much of an id as tells it from all others. */
const shortId = (id: string, all: readonly { readonly id: string }[]): string => {
  for (let length = 4; length < id.length; length++)
    if (all.filter((other) => other.id.startsWith(id.slice(0, length))).length === 1) return id.slice(0, length);
  return id;
};

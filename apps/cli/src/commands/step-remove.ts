import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { confirm } from "../confirm.ts";
import type { Context } from "../context.ts";
import { openWorkshopFile, requireStep, stepFolder } from "../steps/workshop-file.ts";

export default async (
  context: Context,
  [id = ""]: readonly string[],
  options: { readonly folder: string; readonly yes?: boolean },
): Promise<number> => {
  const file = openWorkshopFile(context, options.folder);
  const index = requireStep(file, id);
  if (
    options.yes !== true &&
    !(await confirm(context, `Remove the step "${id}"? Its folder is kept below .atelier/removed/.`))
  )
    return 0;
  file.steps.items.splice(index, 1);
  file.save();
  const folder = stepFolder(file, id);
  if (existsSync(folder)) {
    const removed = join(file.folder, ".atelier/removed");
    mkdirSync(removed, { recursive: true });
    let target = join(removed, id);
    for (let number = 2; existsSync(target); number++) target = join(removed, `${id}-${number}`);
    renameSync(folder, target);
    context.reporter.info(`Removed the step "${id}"; its folder is now ${target}.`);
  } else context.reporter.info(`Removed the step "${id}".`);
  return 0;
};

import { AppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import { openWorkshopFile, type PlaceOptions, placeOf, requireStep } from "../steps/workshop-file.ts";

export default async (
  context: Context,
  [id = ""]: readonly string[],
  options: PlaceOptions & { readonly folder: string },
): Promise<number> => {
  const file = openWorkshopFile(context, options.folder);
  const from = requireStep(file, id);
  if (options.after === id) throw new AppError("usage", `A step cannot stand behind itself.`);
  if (options.after === undefined && options.first !== true)
    throw new AppError("usage", "Say where: --after <id> or --first.");
  const [item] = file.steps.items.splice(from, 1);
  if (item) file.steps.items.splice(placeOf(file, options), 0, item);
  file.save();
  context.reporter.info(`The order is now: ${file.ids().join(", ")}`);
  return 0;
};

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isScalar, isSeq, parseDocument, type Scalar } from "yaml";
import type { Context } from "../context.ts";
import { openWorkshopFile, refuseBadId, requireStep, stepFolder, type WorkshopFile } from "../steps/workshop-file.ts";

export default async (
  context: Context,
  [id = "", next = ""]: readonly string[],
  options: { readonly folder: string },
): Promise<number> => {
  const file = openWorkshopFile(context, options.folder);
  const index = requireStep(file, id);
  refuseBadId(file, next);
  if (existsSync(stepFolder(file, id))) renameSync(stepFolder(file, id), stepFolder(file, next));
  (file.steps.items[index] as Scalar<string>).value = next;
  file.save();
  const changed = renameRequirements(file, id, next);
  context.reporter.info(
    `Renamed "${id}" to "${next}"${changed.length === 0 ? "" : `, also in requires of ${changed.join(", ")}`}.`,
  );
  return 0;
};

/** `requires` of other steps name the step too. */
const renameRequirements = (file: WorkshopFile, id: string, next: string): readonly string[] =>
  file.ids().filter((step) => {
    const path = join(stepFolder(file, step), "step.yaml");
    if (!existsSync(path)) return false;
    const document = parseDocument(readFileSync(path, "utf8"));
    const requires = document.get("requires");
    const items = isSeq(requires)
      ? requires.items.filter((item): item is Scalar<string> => isScalar(item) && item.value === id)
      : [];
    for (const item of items) item.value = next;
    if (items.length > 0) writeFileSync(path, document.toString({ lineWidth: 0 }));
    return items.length > 0;
  });

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "@atelier/domain";
import type { Scalar } from "yaml";
import type { Context } from "../context.ts";
import { openWorkshopFile, placeOf, type PlaceOptions, refuseBadId, stepFolder } from "../steps/workshop-file.ts";

export default async (
  context: Context,
  [id = ""]: readonly string[],
  options: PlaceOptions & { readonly folder: string; readonly title?: string },
): Promise<number> => {
  const file = openWorkshopFile(context, options.folder);
  refuseBadId(file, id);
  const place = placeOf(file, options);
  const folder = stepFolder(file, id);
  if (existsSync(folder))
    throw new AppError("bad-name", `The folder ${folder} exists already.`, {
      hint: "Choose another id, or move that folder away.",
    });
  const title =
    options.title ??
    id
      .split("-")
      .join(" ")
      .replace(/^./, (letter) => letter.toUpperCase());
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "step.yaml"),
    `# yaml-language-server: $schema=../../.atelier/schema/step.schema.json\ntitle: ${JSON.stringify(title)}\n\n# The state in which this step is done:\ncommands:\n  - run: touch ${id}.txt\n    user: student\n`,
  );
  writeFileSync(
    join(folder, "content.md"),
    `# ${title}\n\nSay what to do, and why.\n\n\`\`\`bash\ntouch ${id}.txt\n\`\`\`\n`,
  );
  writeFileSync(
    join(folder, "goss.yaml"),
    `file:\n  /home/student/${id}.txt:\n    title: ${id}.txt is in your home folder\n    exists: true\n`,
  );
  file.steps.items.splice(place, 0, file.document.createNode(id) as Scalar<string>);
  file.save();
  context.reporter.info(`Added the step "${id}" as number ${place + 1} of ${file.ids().length}. Its files:`);
  for (const name of ["step.yaml", "content.md", "goss.yaml"]) context.reporter.result(join("steps", id, name));
  return 0;
};

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  AppError,
  type Diagnostic,
  hasErrors,
  parseWorkshop,
  type SourceTree,
  type Workshop,
  withoutIgnored,
} from "@atelier/domain";
import { readSourceTree } from "@atelier/node-kit";
import type { Context } from "./context.ts";

export interface WorkshopFolder {
  readonly folder: string;
  readonly tree: SourceTree;
  readonly workshop: Workshop | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks a folder. Throws `AppError` `no-workshop` when it is none at all. */
export const readWorkshopFolder = async (context: Context, path: string): Promise<WorkshopFolder> => {
  const folder = context.path(path);
  if (!existsSync(folder))
    throw new AppError("no-workshop", `There is no folder ${folder}.`, {
      hint: "Make one with `atelier init <folder>`.",
    });
  if (!statSync(folder).isDirectory())
    throw new AppError("no-workshop", `${folder} is a file; a workshop is a folder.`, {
      hint: "Name the folder that holds workshop.yaml.",
    });
  if (!existsSync(join(folder, "workshop.yaml")))
    throw new AppError("no-workshop", `${folder} has no workshop.yaml, so it is no workshop.`, {
      hint: "Make one with `atelier init <folder>`, or name the right folder.",
    });
  const tree = withoutIgnored(await readSourceTree(folder, { signal: context.signal }));
  const { value, diagnostics } = parseWorkshop(tree);
  return { folder, tree, workshop: value, diagnostics };
};

/** The same, for commands that need a faultless one. Throws `AppError` `invalid-workshop` with all mistakes. */
export const requireWorkshop = async (
  context: Context,
  path: string,
): Promise<WorkshopFolder & { readonly workshop: Workshop }> => {
  const read = await readWorkshopFolder(context, path);
  if (read.workshop === undefined || hasErrors(read.diagnostics))
    throw new AppError(
      "invalid-workshop",
      `The workshop in ${read.folder} has mistakes; nothing was built or started.`,
      { diagnostics: read.diagnostics },
    );
  return { ...read, workshop: read.workshop };
};

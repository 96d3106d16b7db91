import type { ReplacedFile, ReplacedView } from "@atelier/contract";
import { diffLines, nearDifferences } from "@atelier/domain";
import type { Replaced } from "./checkpoints.ts";

/** One replaced file, or folder that is never mixed, as it is shown. */
export const replacedUnit = (
  { conflict, files }: Replaced[number],
  taken: ReadonlySet<string>,
): ReplacedView["units"][number] => ({
  unit: conflict.unit,
  mine: conflict.mine,
  taken: taken.has(conflict.unit),
  files: files.map(({ path, mine, image }): ReplacedFile => {
    const isShown = [mine, image].every((side) => side === undefined || side.is === "text");
    return {
      path,
      mine: mine?.is ?? "absent",
      image: image?.is ?? "absent",
      ...(isShown ? { diff: [...nearDifferences(diffLines(mine?.text ?? "", image?.text ?? ""))] } : {}),
    };
  }),
  more: conflict.paths.length - files.length,
});

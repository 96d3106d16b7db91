import type { WorkspaceSettings } from "@atelier/backend-docker";
import { AppError, type BuildRecord } from "@atelier/domain";

/**
 * Where a new workspace begins. To work on a step the student gets the image before it; an image that was named
 * itself shows its step solved. Throws `AppError` `no-such-step`.
 * @param step asked for with --step
 * @param named step of the image that was named, if one was
 */
export const startingPlace = (
  record: BuildRecord,
  { step, named }: { readonly step: string | undefined; readonly named: string | undefined },
): Pick<WorkspaceSettings, "image" | "step"> => {
  const ids = record.steps.map((entry) => entry.step);
  if (step !== undefined) {
    const index = ids.indexOf(step);
    if (index < 1)
      throw new AppError("no-such-step", `There is no step "${step}" in ${record.workshop}.`, {
        hint: `Steps: ${ids.slice(1).join(", ")}`,
      });
    return { image: ids[index - 1] ?? "start", step };
  }
  const next = ids[ids.indexOf(named ?? "start") + 1] ?? named;
  return { image: named ?? "start", ...(next === undefined || next === "start" ? {} : { step: next }) };
};

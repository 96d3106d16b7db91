import type { SourceLocation } from "@atelier/domain";
import type { BuildRequest } from "../builder.ts";
import type { LayerGroup } from "./layer-groups.ts";

/** Where a group is written: its command, else the step's first files. */
export const locationOfGroup = (
  { workshop }: Pick<BuildRequest, "workshop">,
  step: string,
  { command }: LayerGroup,
): SourceLocation | undefined => command?.at ?? workshop.steps.find(({ id }) => id === step)?.files[0]?.at;

/** The same in brackets, for the end of a sentence's subject. */
export const placeOfGroup = (request: BuildRequest, step: string, group: LayerGroup): string => {
  const at = locationOfGroup(request, step, group);
  return at ? ` (${at.file}:${at.line})` : "";
};

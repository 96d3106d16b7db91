import type { BuildRequest } from "../builder.ts";
import type { LayerGroup } from "./layer-groups.ts";

/** Where a group is written, in brackets: its command, else the step's first files. */
export const placeOfGroup = ({ workshop }: BuildRequest, step: string, { command }: LayerGroup): string => {
  const at = command?.at ?? workshop.steps.find(({ id }) => id === step)?.files[0]?.at;
  return at ? ` (${at.file}:${at.line})` : "";
};

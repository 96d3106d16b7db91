import { AppError, layersOnTop, mostLayers, tooManyLayers } from "@atelier/domain";
import type { BuildRequest } from "../builder.ts";
import { groupLayers, wantedChain } from "./layer-groups.ts";
import { locationOfGroup } from "./place-of-group.ts";

/**
 * To be called before anything runs: the engine refuses a layer too many only when it has been made. Takes the layers
 * of what the first step stands on. Throws `AppError` `too-many-layers` with the first command, or files, that goes
 * beyond.
 */
export const requireRoomForLayers = (
  request: Pick<BuildRequest, "plan" | "workshop" | "only">,
  below: readonly string[],
): void => {
  const groups = groupLayers(wantedChain(request.plan.chain, request.only)).flatMap(({ step, groups }) =>
    groups.map((group) => ({ step, group })),
  );
  const room = Math.max(0, mostLayers - layersOnTop - below.length);
  const beyond = groups[room];
  if (beyond === undefined) return;
  const { step, group } = beyond;
  const at = locationOfGroup(request, step, group);
  const where = { path: group.command ? "commands" : "files", ...(at ? { at } : {}) };
  throw new AppError("too-many-layers", "The images would have too many layers:", {
    diagnostics: [tooManyLayers({ made: groups.length, room }, where)],
  });
};

import type { Requirement } from "../capability/requirement.ts";
import { requirementsOfWorkshop } from "../capability/workshop-requirements.ts";
import type { Workshop } from "../workshop/workshop.ts";
import type { WrittenKey } from "./written-key.ts";

/**
 * What a template and a workshop ask of a backend, only from keys that somebody wrote, each with the path
 * that asks. Values that say what happens anyway (`isolation.mode: individual`) ask for nothing.
 */
export const deriveRequirements = (
  written: readonly WrittenKey[],
  workshop?: Pick<Workshop, "infrastructure">,
): readonly Requirement[] => [
  ...written.flatMap(requirementOf),
  ...(workshop === undefined ? [] : requirementsOfWorkshop(workshop)),
];

const requirementOf = ({ key, value, at }: WrittenKey): readonly Requirement[] => {
  if (key.honouredBy !== undefined || key.detailOf !== undefined || key.harmless?.includes(value)) return [];
  return [
    {
      // What every backend could do for a single workspace, and this version does not, asks for no more.
      capability: key.capability ?? "single-user-workspaces",
      path: `spec.${key.path}`,
      value,
      at,
      ...(key.what === undefined ? {} : { what: key.what }),
      ...(key.instead === undefined ? {} : { instead: key.instead }),
      ...(key.capability === undefined ? { isNotDoneYet: true } : {}),
    },
  ];
};

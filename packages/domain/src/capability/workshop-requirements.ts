import type { Workshop } from "../workshop/workshop.ts";
import type { Requirement } from "./requirement.ts";

/** What the workshop itself needs from a backend. Without a provider either kind of cluster will do. */
export const requirementsOfWorkshop = (workshop: Pick<Workshop, "infrastructure">): readonly Requirement[] => {
  const { cluster } = workshop.infrastructure;
  if (cluster === undefined) return [];
  if (cluster.provider === undefined) return [{ capability: "nested-cluster", path: "infrastructure.cluster" }];
  return [{ capability: `nested-cluster-${cluster.provider}`, path: "infrastructure.cluster.provider" }];
};

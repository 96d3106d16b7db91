import type { Workshop } from "../workshop/workshop.ts";

/** A capability that something written asks for, with the path that asks. */
export interface Requirement {
  readonly capability: string;
  readonly path: string;
}

/** What the workshop itself needs from a backend. Without a provider either kind of cluster will do. */
export const requirementsOfWorkshop = (workshop: Workshop): readonly Requirement[] => {
  const { cluster } = workshop.infrastructure;
  if (cluster?.provider === undefined) return [];
  return [{ capability: `nested-cluster-${cluster.provider}`, path: "infrastructure.cluster.provider" }];
};

import type { StateEvent, WorkspaceView } from "@atelier/contract";

export type LimitHitEvent = Extract<StateEvent, { type: "limit-hit" }>;

/** How long the page keeps saying so. */
const shownMs = 5 * 60_000;

/** What a student should know about limits that were hit a moment ago: the newest of each kind. */
export const limitNotices = (hits: readonly LimitHitEvent[], now: Date): WorkspaceView["notices"] =>
  (["memory", "pids", "disk"] as const).flatMap((resource) => {
    const hit = hits.findLast((one) => one.resource === resource);
    if (hit === undefined || now.getTime() - Date.parse(hit.ts) > shownMs) return [];
    return [{ code: `limit-${resource}`, ...wordsOf(hit) }];
  });

const wordsOf = ({ resource, limit, process }: LimitHitEvent): { readonly cause: string; readonly remedy: string } => {
  const who = process === undefined ? "A program" : `“${process}”`;
  switch (resource) {
    case "memory":
      return {
        cause: `${who} was ended by the system: all programs together may use ${limit} of memory.`,
        remedy: "Start it with less to do, or end other programs first.",
      };
    case "pids":
      return {
        cause: `No more processes could be started: ${limit} is the limit, and ${who} has most of them.`,
        remedy: "End some, or reset the step: that ends them all.",
      };
    case "disk":
      return {
        cause: `The disk is full (${limit})${process === undefined ? "" : `; ${who} has written most`}.`,
        remedy: "Delete what is not needed, or reset the step; this machine has no limit of its own for a workspace.",
      };
  }
};

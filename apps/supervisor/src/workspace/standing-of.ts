import type { WorkspaceContainer } from "@atelier/backend-docker";
import { checkpointViewSchema, type NewRequest, workspaceViewSchema } from "@atelier/contract";
import type { BuildRecord } from "@atelier/domain";
import { z } from "zod";
import type { Standing } from "../transition/plan-transition.ts";

export interface StandingOptions extends Pick<WorkspaceContainer, "settings" | "transition"> {
  readonly record: BuildRecord | undefined;
  /** GET from its server. */
  readonly ask: <T extends z.ZodType>(path: string, schema: T) => Promise<z.output<T>>;
}

/** Where a student stands. The server is asked only what the request leaves open: a click waits for the answers. */
export const standingOf = async (
  { kind, step }: NewRequest,
  { settings, transition, record, ask }: StandingOptions,
): Promise<Standing> => {
  const [currentStep, checkpoints] = await Promise.all([
    step ?? ask("/api/workspace", workspaceViewSchema).then((view) => view.currentStep),
    kind === "undo" || kind === "restore"
      ? // Images of an earlier contract keep none.
        ask("/api/checkpoints", z.array(checkpointViewSchema)).catch(() => [])
      : [],
  ]);
  return {
    images: record?.steps.map(({ step }) => step) ?? ["start"],
    next: record?.next ?? "swap",
    image: settings.image,
    step: currentStep ?? settings.step,
    record: settings.record,
    last: transition,
    checkpoints,
  };
};

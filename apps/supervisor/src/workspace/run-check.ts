import { type CheckOrder, type CheckView, checkViewSchema } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { Live } from "../transition/live.ts";

export interface CheckTools {
  readonly name: string;
  /** Where the student is. Throws `AppError` `workspace-stopped`. */
  readonly requireLive: () => Live;
  /** What writes is being ended, for another container or for none. */
  readonly isLeaving: () => boolean;
  /** Nothing is done to the workspace any more. */
  readonly settled: () => Promise<void>;
  readonly timeoutMs: number;
}

/**
 * Runs a step's check beside whatever goes on. When another container takes the step over meanwhile, it is made
 * once more in that one: there the student is now. Throws `AppError` `step-changed` when that happens again.
 */
export const runCheck = async (order: CheckOrder, tools: CheckTools): Promise<CheckView> => {
  const asked = tools.requireLive();
  try {
    return await checkIn(asked, order, tools);
  } catch (error) {
    await tools.settled();
    if (tools.requireLive().container.id === asked.container.id) throw error;
    return await checkIn(tools.requireLive(), order, tools);
  }
};

const checkIn = async ({ container, link }: Live, order: CheckOrder, tools: CheckTools): Promise<CheckView> => {
  try {
    return checkViewSchema.parse(await link.call({ t: "check", ...order }, tools.timeoutMs));
  } catch (error) {
    if (tools.requireLive().container.id === container.id && !tools.isLeaving()) throw error;
    throw new AppError("step-changed", `The workspace "${tools.name}" moved on while the check ran.`, {
      cause: error,
      hint: `Check again: atelier check ${tools.name}`,
    });
  }
};

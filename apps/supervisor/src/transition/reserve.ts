import type { WaitingContainer, WorkspaceContainer } from "@atelier/backend-docker";
import type { TransitionTools } from "./live.ts";
import { discard } from "./live.ts";
import { type NextOrder, transitionOf } from "./next-container.ts";

/** The container of a move that is likely, started and without a server until somebody wants it. */
export interface Reserve {
  readonly container: WorkspaceContainer | undefined;
  /** Makes one for this order; false: the one that is there is for exactly this, and stays. */
  fill(tools: TransitionTools, order: NextOrder): Promise<boolean>;
  /** Whether what is there is for exactly this. */
  fits(order: NextOrder): boolean;
  /** Gives it away if it is for exactly this. */
  take(order: NextOrder): WaitingContainer | undefined;
  /** Gives it away to be removed. */
  giveUp(): WorkspaceContainer | undefined;
}

export const createReserve = (): Reserve => {
  let waiting: WaitingContainer | undefined;

  /** What a label says stays: of two that differ in it, a recovery would take the wrong one at its word. */
  const fits = (order: NextOrder): boolean =>
    waiting?.isOpen === true &&
    JSON.stringify([waiting.container.settings, waiting.container.transition]) ===
      JSON.stringify([order.settings, transitionOf(order)]);

  const giveUp = (): WorkspaceContainer | undefined => {
    const doomed = waiting;
    waiting = undefined;
    doomed?.[Symbol.dispose]();
    return doomed?.container;
  };

  return {
    get container() {
      return waiting?.container;
    },
    fill: async (tools, order) => {
      if (fits(order)) return false;
      const doomed = giveUp();
      if (doomed) await discard(tools, { container: doomed });
      const { containers, signal } = tools;
      const container = await containers.createNext({
        settings: order.settings,
        generation: order.generation,
        transition: transitionOf(order),
        waits: true,
      });
      try {
        waiting = await containers.startWaiting(container, signal);
      } catch (error) {
        await discard(tools, { container });
        throw error;
      }
      return true;
    },
    fits,
    take: (order) => {
      if (!fits(order)) return undefined;
      const taken = waiting;
      waiting = undefined;
      return taken;
    },
    giveUp,
  };
};

import type {
  RunOptions,
  TransitionLabel,
  WaitingContainer,
  WorkspaceContainer,
  WorkspaceSettings,
} from "@atelier/backend-docker";
import type { RestoreOrder } from "@atelier/contract";
import { discard, type Live, type TransitionTools } from "./live.ts";
import { messageOf } from "./message-of.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** The container that is to be the student's next. */
export interface NextOrder {
  readonly settings: WorkspaceSettings;
  readonly kind: string;
  readonly restore: RestoreOrder;
  readonly from: Live;
  /** Higher than that of every other one there is. */
  readonly generation: number;
  /** Request it is claimed for while its server starts; without one it stays nobody's. */
  readonly claim?: string;
  /** One that waits for exactly this. */
  readonly waiting?: WaitingContainer | undefined;
}

/** What its label says of how it came about. */
export const transitionOf = ({ kind, restore, from }: NextOrder): TransitionLabel => {
  const { image, step, record } = from.container.settings;
  return { kind, restore, from: { image, record, ...(step === undefined ? {} : { step }) } };
};

export interface StartedNext {
  readonly container: WorkspaceContainer;
  readonly port: number;
}

/** Has its server start: in the one that waits, else in one that is made now. */
export const startNext = async (tools: TransitionTools, order: NextOrder, watch: Stopwatch): Promise<StartedNext> => {
  const { containers, signal, log } = tools;
  const { waiting, claim, settings } = order;
  const options: RunOptions = { mode: "standby", signal, ...(claim === undefined ? {} : { claim }) };
  if (waiting !== undefined)
    try {
      const port = await waiting.begin(options);
      watch.lap("begin");
      return { container: waiting.container, port };
    } catch (error) {
      // It ended while it waited: what it spares is time, and nothing else.
      log({ event: "next.not-begun", workspace: settings.name, error: messageOf(error) });
      waiting[Symbol.dispose]();
      await discard(tools, { container: waiting.container });
      signal.throwIfAborted();
    }
  const container = await containers.createNext({
    settings,
    generation: order.generation,
    transition: transitionOf(order),
  });
  watch.lap("create");
  try {
    const port = await containers.run(container, options);
    watch.lap("start");
    return { container, port };
  } catch (error) {
    await discard(tools, { container });
    throw error;
  }
};

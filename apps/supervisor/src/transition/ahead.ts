import type { WaitingContainer, WorkspaceContainer } from "@atelier/backend-docker";
import type { LikelyMove, NewRequest } from "@atelier/contract";
import type { Queue } from "../workspace/queue.ts";
import { discard, type Live, type TransitionTools } from "./live.ts";
import { messageOf } from "./message-of.ts";
import type { NextOrder } from "./next-container.ts";
import type { TransitionPlan } from "./plan-transition.ts";
import { createReserve } from "./reserve.ts";
import { prepare } from "./swap.ts";

type Swap = Extract<TransitionPlan, { kind: "swap" }>;
type Unwanted = Pick<Live, "container"> & Partial<Live>;

/**
 * What is made ready before anybody asks, as far as the template wants it: the container of a *next* from here,
 * waiting without a server; with `prewarm: next`, once a step is done, the whole of it; and for a while the
 * container of a move that the student is being asked about.
 */
export interface Ahead {
  /** Those that are nobody's yet and are kept on purpose. */
  readonly containers: readonly WorkspaceContainer[];
  /** The student has arrived somewhere: in a while what comes next is made ready. */
  arrived(): void;
  /** A step is done. */
  done(step: string): void;
  /** The student reads what a move would cost them. */
  asked(likely: LikelyMove): void;
  /** How the next container is to be, numbered above all that there are. */
  orderOf(from: Live, kind: string, plan: Swap): NextOrder;
  /** Gives away what is ready for exactly this; whatever else there is, is `unwanted` and the caller's to discard. */
  take(order: NextOrder): {
    readonly ready?: Live | undefined;
    readonly waiting?: WaitingContainer | undefined;
    readonly unwanted: readonly Unwanted[];
  };
  /** Discards all of it. */
  drop(): Promise<void>;
  /** Makes nothing any more. */
  end(): void;
}

export interface AheadOptions {
  readonly name: string;
  readonly queue: Queue;
  readonly live: () => Live | undefined;
  readonly tools: () => TransitionTools;
  readonly planOf: (current: Live, request: NewRequest) => Promise<TransitionPlan>;
}

export const createAhead = ({ name, queue, live, tools, planOf }: AheadOptions): Ahead => {
  const { limits, log } = tools();
  const next = createReserve();
  const beingAsked = createReserve();
  const reserves = [next, beingAsked];
  /** With its server, which stands by. */
  let prepared: { readonly order: NextOrder; readonly live: Live } | undefined;
  let resting: NodeJS.Timeout | undefined;
  let thinking: NodeJS.Timeout | undefined;
  let lastAsked: LikelyMove | undefined;
  let isOver = false;

  const inBackground = (work: () => Promise<void>): void =>
    void queue
      .run(work)
      .catch((error: unknown) => log({ event: "prewarm.failed", workspace: name, error: messageOf(error) }));
  const giveUp = (from = reserves): readonly Unwanted[] =>
    from.flatMap((reserve) => {
      const container = reserve.giveUp();
      return container ? [{ container }] : [];
    });
  const discardAll = async (all: readonly Unwanted[]): Promise<void> => {
    for (const one of all) await discard(tools(), one);
  };
  const containers = (): readonly WorkspaceContainer[] =>
    [prepared?.live, ...reserves].flatMap((one) => one?.container ?? []);
  const orderOf: Ahead["orderOf"] = (from, kind, { image, step, record, restore }) => {
    const { step: _before, ...rest } = from.container.settings;
    return {
      settings: { ...rest, image, record, ...(step === undefined ? {} : { step }) },
      kind,
      restore,
      from,
      generation: Math.max(...[from.container, ...containers()].map(({ generation }) => generation)) + 1,
    };
  };
  /** What a request would do here; undefined: nothing that is to be made ready. */
  const orderFor = async (request: LikelyMove): Promise<NextOrder | undefined> => {
    const current = live();
    const prewarm = current?.container.settings.lifecycle?.prewarm ?? "off";
    if (current?.link.boot.phase !== "ready" || prewarm === "off" || isOver) return undefined;
    const plan = await planOf(current, request);
    return plan.kind === "swap" ? orderOf(current, request.kind, plan) : undefined;
  };
  const isPrepared = ({ kind, settings }: NextOrder): boolean =>
    prepared?.live.link.isOpen === true && kind === "next" && prepared.order.settings.image === settings.image;

  const prepareNext = async (done: string | undefined): Promise<void> => {
    const order = prepared
      ? undefined
      : await orderFor({ kind: "next", ...(done === undefined ? {} : { step: done }) });
    if (order === undefined) return;
    const { image, lifecycle } = order.settings;
    if (lifecycle?.prewarm === "container") {
      if (await next.fill(tools(), order)) log({ event: "next.waits", workspace: name, image });
      return;
    }
    if (done === undefined) return;
    prepared = { order, live: await prepare(tools(), order) };
    // The rest of a swap is the student's files: those are saved by now, too.
    await order.from.link
      .call({ t: "checkpoint", ahead: true }, limits.releaseMs)
      .catch((error: unknown) => log({ event: "save.failed", workspace: name, error: messageOf(error) }));
    log({ event: "next.prepared", workspace: name, image });
  };

  const prepareAsked = async (likely: LikelyMove): Promise<void> => {
    const order = await orderFor(likely);
    if (order === undefined || next.fits(order) || isPrepared(order)) return;
    if (await beingAsked.fill(tools(), order))
      log({ event: "asked.waits", workspace: name, kind: likely.kind, image: order.settings.image });
    clearTimeout(thinking);
    const forget = (): void => inBackground(() => discardAll(giveUp([beingAsked])));
    thinking = setTimeout(forget, limits.thinkMs).unref();
  };

  return {
    get containers() {
      return containers();
    },
    arrived: () => {
      clearTimeout(resting);
      const begin = (): void => inBackground(() => prepareNext(undefined));
      if (!isOver) resting = setTimeout(begin, limits.prepareAfterMs).unref();
    },
    done: (step) => inBackground(() => prepareNext(step)),
    asked: (likely) => {
      // Whoever clicks about is asked about many: only the last one counts, and one at a time.
      const isWaiting = lastAsked !== undefined;
      lastAsked = likely;
      if (isWaiting) return;
      inBackground(async () => {
        const wanted = lastAsked;
        lastAsked = undefined;
        if (wanted) await prepareAsked(wanted);
      });
    },
    orderOf,
    take: (order) => {
      const ready = isPrepared(order) ? prepared?.live : undefined;
      const waiting = ready ? undefined : (beingAsked.take(order) ?? next.take(order));
      const unwanted = [ready ? [] : (prepared?.live ?? []), giveUp()].flat();
      prepared = undefined;
      return { ready, waiting, unwanted };
    },
    drop: async () => {
      clearTimeout(thinking);
      const doomed = [prepared?.live ?? [], giveUp()].flat();
      prepared = undefined;
      await discardAll(doomed);
    },
    end: () => {
      isOver = true;
      clearTimeout(resting);
      clearTimeout(thinking);
    },
  };
};

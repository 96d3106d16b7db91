import type { WorkspaceContainer } from "@atelier/backend-docker";
import { type BootView, releaseResultSchema, type RestoreOrder } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { discard, type Live, type TransitionTools } from "./live.ts";
import { messageOf } from "./message-of.ts";
import { type NextOrder, startNext } from "./next-container.ts";
import { startStopwatch, type Stopwatch } from "./stopwatch.ts";

export interface SwapOrder {
  /** The container that replaces `from`; claimed for the request. */
  readonly next: NextOrder & { readonly claim: string };
  readonly resetsServices: boolean;
  /** Of the workspace's cluster as it is by now; undefined: it has none. */
  readonly kubeconfig: () => string | undefined;
  /** One that was prepared ahead for exactly this. */
  readonly prepared?: Live | undefined;
  /** The old one is about to be asked to let go. */
  readonly onRelease: () => Promise<void>;
}

export type SwapResult = (
  | { readonly outcome: "done"; readonly live: Live }
  /** `live` is the one before, or a fresh one on its image; undefined: none could be had any more. */
  | { readonly outcome: "failed"; readonly cause: string; readonly live: Live | undefined }
) & {
  /** Whom `live` replaced: to be discarded as soon as browsers are led to `live`. */
  readonly retired?: readonly Live[];
};

/** Starts a server beside the running one and waits until it stands by. Its container is removed when that fails. */
export const prepare = async (
  tools: TransitionTools,
  next: NextOrder,
  watch: Stopwatch = startStopwatch(),
): Promise<Live> => {
  const { container, port } = await startNext(tools, next, watch);
  let live: Live | undefined;
  try {
    live = await tools.connect(container, port);
    watch.lap("connect");
    await standby(live, tools, tools.limits.standbyMs);
    watch.lap("standby");
    return live;
  } catch (error) {
    await discard(tools, live ?? { container });
    throw error;
  }
};

const standby = async ({ link }: Live, { onBoot }: TransitionTools, timeoutMs: number): Promise<void> => {
  const boot = await link.waitForPhase(["standby", "failed"], { timeoutMs, onBoot });
  if (boot.phase === "failed") throw new AppError("standby-failed", causeOf(boot));
};

const causeOf = ({ cause, output }: BootView): string =>
  `${cause ?? "The next container could not be prepared."}${output ? `\n${output.trimEnd().slice(-2000)}` : ""}`;

/**
 * Replaces a workspace's container. The next one stands by before the old one is asked for anything; until
 * then every failure leaves the student where they are. The old one is left to the caller: its removal takes
 * as long as everything else together, and nobody has to wait for it.
 */
export const swap = async (tools: TransitionTools, order: SwapOrder): Promise<SwapResult> => {
  const { containers, limits, signal, log, onPhase } = tools;
  const { from: current, settings, kind, restore, claim: id } = order.next;
  const { name } = settings;
  const watch = startStopwatch();
  let next: Live;
  try {
    onPhase("Preparing the next container");
    if (order.resetsServices) await containers.resetServices(settings, signal);
    // Of the student's files most is saved while a server starts. What goes wrong shows when it is saved in earnest.
    const saving = order.prepared
      ? undefined
      : current.link.call({ t: "checkpoint", ahead: true }, limits.releaseMs).catch(() => undefined);
    // Once it is claimed, recovery knows that this one was meant to take over, and for which request.
    if (order.prepared) await containers.claim(order.prepared.container, id);
    next = order.prepared ?? (await prepare(tools, order.next, watch));
    await saving;
    watch.lap(order.prepared ? "claim" : "save ahead");
  } catch (error) {
    if (order.prepared) await discard(tools, order.prepared);
    return stay(tools, order, error);
  }
  next = { ...next, container: { ...next.container, claim: id } };

  onPhase("Saving your files");
  await order.onRelease();
  let saved: string | undefined;
  try {
    const answer = await current.link.call({ t: "release", reason: kind }, limits.releaseMs);
    saved = releaseResultSchema.safeParse(answer ?? {}).data?.checkpoint;
  } catch (error) {
    log({ event: "release.failed", workspace: name, error: messageOf(error) });
    if (current.link.isOpen && current.link.holdsLease) {
      await discard(tools, next);
      return stay(tools, order, error);
    }
    // It is gone, and the lease with it: what was saved last is what there is.
  }

  watch.lap("release");

  onPhase("Bringing your files along");
  try {
    const live = await takeLease(tools, next, withCheckpoint(restore, saved));
    watch.lap("take over");
    log({ event: "swap.timed", workspace: name, kind, phases: watch.phases });
    return { outcome: "done", live, retired: [current] };
  } catch (error) {
    const cause = messageOf(error);
    log({ event: "swap.rolled-back", workspace: name, cause });
    const fresh = await rollBack(tools, { before: current.container, failed: [next], cause, id, saved });
    if (fresh === undefined) return { outcome: "failed", cause, live: await startAgain(tools, current) };
    return { outcome: "failed", cause, live: fresh, retired: [current] };
  }
};

/** Nobody took over: the student goes on where they were. What was reset beside them is no more what they knew. */
const stay = async ({ limits, log }: TransitionTools, order: SwapOrder, error: unknown): Promise<SwapResult> => {
  const { from } = order.next;
  const text = order.resetsServices ? order.kubeconfig() : undefined;
  if (text !== undefined)
    await from.link
      .call({ t: "kubeconfig", text }, limits.connectMs)
      .catch((why: unknown) =>
        log({ event: "kubeconfig.not-replaced", workspace: from.container.settings.name, error: messageOf(why) }),
      );
  return { outcome: "failed", cause: messageOf(error), live: from };
};

/** The last resort: the old container itself, which still has everything in its own layer. */
const startAgain = async (tools: TransitionTools, { container, link }: Live): Promise<Live | undefined> => {
  const { containers, signal, log } = tools;
  try {
    link[Symbol.dispose]();
    await containers.stop(container);
    return await tools.connect(container, await containers.run(container, { mode: "normal", signal }));
  } catch (error) {
    log({ event: "restart.failed", workspace: container.settings.name, error: messageOf(error) });
    return undefined;
  }
};

/** A carry-over is of exactly what was saved on leaving. */
const withCheckpoint = (restore: RestoreOrder, saved: string | undefined): RestoreOrder =>
  restore.kind === "carry-over" && saved !== undefined ? { ...restore, checkpoint: saved } : restore;

/** Hands the lease to one that stands by, and waits until the student can work in it. */
export const takeLease = async (tools: TransitionTools, live: Live, restore: RestoreOrder): Promise<Live> => {
  const { limits, onBoot } = tools;
  await live.link.call({ t: "take-lease", restore }, limits.readyMs);
  const boot = await live.link.waitForPhase(["ready", "failed"], { timeoutMs: limits.readyMs, onBoot });
  if (boot.phase === "failed") throw new AppError("takeover-failed", causeOf(boot));
  return live;
};

export interface RollBackOrder {
  /** The container whose image the student goes back to. */
  readonly before: WorkspaceContainer;
  /** Those that are in the way. */
  readonly failed: readonly { readonly container: WorkspaceContainer; readonly link?: Live["link"] }[];
  readonly cause: string;
  readonly id: string;
  readonly saved?: string | undefined;
}

/** A fresh container on the image before, with the student's files exactly as they were saved. */
export const rollBack = async (
  tools: TransitionTools,
  { before, failed, cause, id, saved }: RollBackOrder,
): Promise<Live | undefined> => {
  const { containers, limits, signal, log, onPhase } = tools;
  onPhase("Going back to where you were");
  const restore: RestoreOrder = { kind: "exact", ...(saved === undefined ? {} : { checkpoint: saved }) };
  const newest = Math.max(before.generation, ...failed.map(({ container }) => container.generation));
  let fresh: { container: WorkspaceContainer; link?: Live["link"] } | undefined;
  try {
    const container = await containers.createNext({
      settings: before.settings,
      generation: newest + 1,
      transition: {
        kind: "roll-back",
        restore,
        failed: cause,
        ...(before.transition?.from ? { from: before.transition.from } : {}),
      },
    });
    fresh = { container };
    const live = await tools.connect(container, await containers.run(container, { mode: "standby", signal }));
    fresh = live;
    await standby(live, tools, limits.standbyMs);
    await containers.claim(container, id);
    // Whoever failed may hold the lease.
    for (const one of failed) await discard(tools, one);
    return await takeLease(tools, { ...live, container: { ...container, claim: id } }, restore);
  } catch (error) {
    log({ event: "roll-back.failed", workspace: before.settings.name, error: messageOf(error) });
    if (fresh) await discard(tools, fresh);
    return undefined;
  }
};

import { setTimeout as sleep } from "node:timers/promises";
import type { WorkspaceContainer } from "@atelier/backend-docker";
import { type BootView, bootViewSchema } from "@atelier/contract";
import { getFromServer } from "@atelier/backend-docker";
import { discard, type Live, type TransitionTools } from "./live.ts";
import { messageOf } from "./message-of.ts";
import { rollBack, takeLease } from "./swap.ts";

export interface SettleOrder {
  readonly name: string;
  /** `running`: start it when nothing of it runs. `stopped`: it is about to be stopped, so nothing is repaired for it. */
  readonly wanted: "running" | "stopped" | "as-it-is";
  /** The one that is known already. */
  readonly live: Live | undefined;
  /** Containers that stand by or wait on purpose, as long as they run. */
  readonly spared: readonly string[];
}

export interface Settled {
  readonly live: Live | undefined;
  /** What there is of it, running or not; the newest that was the student's. */
  readonly container: WorkspaceContainer | undefined;
  /** A swap was finished here that somebody else had begun: its request waits for an answer. */
  readonly finished: boolean;
}

/**
 * Makes one container out of what the engine has of a workspace, whatever interrupted whom. From labels
 * and names alone: one that was never claimed has nothing of the student's and goes; of those that were,
 * the holder of the lease wins; when nobody holds it, the newest takes it, as it was meant to.
 */
export const settle = async (tools: TransitionTools, order: SettleOrder): Promise<Settled> => {
  const { containers, log } = tools;
  const all = await containers.list(order.name);
  const known = all.find(({ id, state }) => id === order.live?.container.id && state === "running");
  const isSpared = ({ id, state }: WorkspaceContainer): boolean => state === "running" && order.spared.includes(id);
  const others = all.filter((container) => container.id !== known?.id && !isSpared(container));
  const wantRunning = order.wanted === "running";
  const alive = (live: Live): Promise<Live> =>
    order.wanted === "stopped" ? Promise.resolve(live) : runAgainIfSpent(tools, live, wantRunning);
  if (order.live && known && order.live.link.isOpen && others.length === 0)
    return { live: await alive(order.live), container: order.live.container, finished: false };

  for (const container of all)
    if (container.claim === undefined && !isSpared(container)) {
      log({ event: "leftover.removed", workspace: order.name, generation: container.generation });
      await discard(tools, { container });
    }
  const claimed = all.filter(({ claim }) => claim !== undefined);
  const newest = claimed.at(-1);
  if (newest === undefined) return { live: undefined, container: undefined, finished: false };
  if (claimed.length === 1) {
    if (newest.state !== "running" && !wantRunning) return { live: undefined, container: newest, finished: false };
    let wasStandby = false;
    const onStandby = (): void => {
      wasStandby = true;
    };
    const live = await adopt(tools, newest, onStandby)
      .then(alive)
      .catch(async (error: unknown) => {
        // It ended while we looked: that is an answer, unless it was to run.
        if (!wantRunning && (await containers.whyGone(newest)) !== undefined) return undefined;
        throw error;
      });
    return { live, container: newest, finished: wasStandby };
  }
  if (!wantRunning && claimed.every(({ state }) => state !== "running"))
    return { live: undefined, container: newest, finished: false };
  log({ event: "swap.found-interrupted", workspace: order.name, generations: claimed.map((one) => one.generation) });
  const found = await finishInterrupted(tools, claimed);
  const live = found && (await alive(found));
  return { live, container: live?.container ?? newest, finished: live !== undefined };
};

/** Phases that come after the lease: without it, it was given away. */
const phasesWithLease: readonly BootView["phase"][] = ["restore", "terminal", "ready"];
/** A server that somebody else stops gives its lease away too, and is gone a moment later. */
const endingMs = 300;

/**
 * Whoever asked a server to let go was killed then, or gave up waiting: its files are saved, its terminals
 * are gone, and no page of it works any more. Its own layer has everything: it is started anew. One that
 * failed before it ever had the lease is started anew when somebody wants it to run.
 */
const runAgainIfSpent = async (tools: TransitionTools, live: Live, wantRunning: boolean): Promise<Live> => {
  const { container, link } = live;
  const isSpent = (): boolean =>
    link.isOpen &&
    !link.holdsLease &&
    (phasesWithLease.includes(link.boot.phase) || (wantRunning && link.boot.phase === "failed"));
  if (!isSpent()) return live;
  await sleep(endingMs);
  if (!isSpent()) return live;
  tools.log({ event: "lease.given-away", workspace: container.settings.name, phase: link.boot.phase });
  await tools.containers.stop(container);
  link[Symbol.dispose]();
  return tools.connect(container, await tools.containers.run(container, { mode: "normal", signal: tools.signal }));
};

/** Connects to the only one there is; starts it first, or gives it its configuration, when it needs that. */
const adopt = async (tools: TransitionTools, container: WorkspaceContainer, onStandby: () => void): Promise<Live> => {
  const { containers, signal } = tools;
  if (container.state !== "running")
    return tools.connect(container, await containers.run(container, { mode: "normal", signal }));
  const live = await reach(tools, container);
  // Killed between the removal of a failed one and the lease for this one.
  if (live.link.boot.phase !== "standby" || live.link.holdsLease) return live;
  onStandby();
  return takeLease(tools, live, container.transition?.restore ?? { kind: "none" });
};

/** Connects to a running one that somebody else may have started. */
const reach = async (tools: TransitionTools, container: WorkspaceContainer): Promise<Live> => {
  const port = await tools.containers.portOf(container);
  if (port === undefined) throw new Error(`the container of ${container.settings.name} has just ended`);
  // `docker start` empties the folder of its configuration, and then it waits for us.
  if (await waitsForConfig(port)) await tools.containers.configure(container, { mode: "normal", signal: tools.signal });
  return tools.connect(container, port);
};

const waitsForConfig = async (port: number): Promise<boolean> => {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await getFromServer(port, "/api/boot").catch(() => undefined);
    if (answer) return bootViewSchema.safeParse(safeJson(answer.text)).data?.phase === "config";
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
};

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Several were the student's: somebody was killed in the middle of a swap. */
const finishInterrupted = async (
  tools: TransitionTools,
  claimed: readonly WorkspaceContainer[],
): Promise<Live | undefined> => {
  const { limits, log, onBoot } = tools;
  const reached = new Map<string, Live>();
  for (const container of claimed)
    if (container.state === "running") {
      const live = await reach(tools, container).catch((error: unknown) => {
        log({ event: "container.unreachable", workspace: container.settings.name, error: messageOf(error) });
        return undefined;
      });
      if (live) reached.set(container.id, live);
    }
  const goBack = async (failed: WorkspaceContainer, cause: string): Promise<Live | undefined> => {
    const before = claimed.findLast(({ generation }) => generation < failed.generation) ?? failed;
    const fresh = await rollBack(tools, {
      before,
      failed: claimed.filter(({ id }) => id !== before.id).map((container) => withLink(container, reached)),
      cause,
      id: failed.claim ?? "roll-back",
    });
    if (fresh) await discard(tools, withLink(before, reached));
    return fresh;
  };
  const keepOnly = async (live: Live): Promise<Live> => {
    for (const container of claimed)
      if (container.id !== live.container.id) await discard(tools, withLink(container, reached));
    return live;
  };

  const holder = [...reached.values()].findLast(({ link }) => link.holdsLease);
  if (holder) {
    const boot = await holder.link
      .waitForPhase(["ready", "failed"], { timeoutMs: limits.readyMs, onBoot })
      .catch((error: unknown) => ({ phase: "failed" as const, cause: messageOf(error) }));
    const isFirst = claimed[0]?.id === holder.container.id;
    if (boot.phase === "failed" && !isFirst) return goBack(holder.container, boot.cause ?? "It did not get ready.");
    return keepOnly(holder);
  }
  const newest = claimed.at(-1);
  if (newest === undefined) return undefined;
  try {
    const live =
      reached.get(newest.id) ??
      (await tools.connect(newest, await tools.containers.run(newest, { mode: "standby", signal: tools.signal })));
    const boot = await live.link.waitForPhase(["standby", "ready", "failed"], { timeoutMs: limits.standbyMs, onBoot });
    if (boot.phase === "failed") throw new Error(boot.cause ?? "It could not be prepared.");
    return await keepOnly(
      boot.phase === "ready" ? live : await takeLease(tools, live, newest.transition?.restore ?? { kind: "none" }),
    );
  } catch (error) {
    return goBack(newest, messageOf(error));
  }
};

const withLink = (
  container: WorkspaceContainer,
  reached: ReadonlyMap<string, Live>,
): { readonly container: WorkspaceContainer; readonly link?: Live["link"] } => {
  const link = reached.get(container.id)?.link;
  return { container, ...(link ? { link } : {}) };
};

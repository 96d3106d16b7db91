import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Containers, StateDirectory } from "@atelier/backend-docker";
import { AppError } from "@atelier/domain";
import { guardConnection, isWebSocketUpgrade } from "@atelier/node-kit";
import { createFront, type Seen } from "./http/front.ts";
import { createManagement } from "./http/management.ts";
import { createBackOff } from "./lifecycle/back-off.ts";
import { type HostRoute, routeOfHost } from "./proxy/host-route.ts";
import type { TransitionLimits } from "./transition/live.ts";
import { messageOf } from "./transition/message-of.ts";
import { createSleepWatch } from "./lifecycle/sleep-watch.ts";
import { openUnseenSleep } from "./lifecycle/unseen-sleep.ts";
import { createLocalWorkspace, type LocalWorkspace } from "./workspace/local-workspace.ts";

export interface SupervisorOptions {
  readonly state: StateDirectory;
  readonly containers: Containers;
  readonly limits: TransitionLimits;
  /** Deletes a workspace with its volume and everything else. */
  readonly removeWorkspace: (name: string) => Promise<void>;
  /** Names of workspaces of which something changed in the engine; ends with the signal. */
  readonly changes: (signal: AbortSignal) => AsyncIterable<string>;
  readonly token: string;
  readonly version: string;
  readonly pid: number;
  /** Ms without anything running and without an order after which it ends. */
  readonly idleMs: number;
  readonly tickMs: number;
  /** Ms after which it is ready although some workspaces are still being put in order: orders for those wait. */
  readonly firstLookMs: number;
  /** Ms since 1970. */
  readonly now: () => number;
  /** How long the machine has slept altogether, in ms from any beginning. */
  readonly asleepMs: () => number;
  readonly newId: () => string;
  readonly log: (event: Readonly<Record<string, unknown>>) => void;
  /** False: somebody else is the supervisor now. */
  readonly isOurs: () => boolean;
}

export interface Supervisor {
  readonly port: number;
  /** Resolves when it wants to end: idle, handed over, or replaced. */
  readonly ended: Promise<string>;
  /** Finishes what is under way and lets go. The workspaces run on. */
  close(): Promise<void>;
}

/** Where links lead: below what systems and engines give away by themselves, and nobody's standard. */
const firstPort = 7700;
const portCount = 90;
/** What fails is tried again at least so often. */
const longestBackOffMs = 300_000;

/** Owns the workspaces of one state directory: serves them, moves them, holds them against the clock. */
export const startSupervisor = async (options: SupervisorOptions): Promise<Supervisor> => {
  const { state, containers, log, now } = options;
  const ending = new AbortController();
  const workspaces = new Map<string, LocalWorkspace>();
  const backOff = createBackOff({ now, firstMs: options.tickMs, longestMs: longestBackOffMs });
  const fallbacks = new Map<string, { readonly port: number; readonly server: Server }>();
  const unseenSleep = openUnseenSleep(options);
  const sleepWatch = createSleepWatch(now);
  let lastOrder = now();
  const orders = { begun: 0, open: 0 };
  let isReady = false;
  let hasListed = false;
  let end: (reason: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  let isEnding = false;

  const workspaceOf = (name: string): LocalWorkspace => {
    const known = workspaces.get(name);
    if (known) return known;
    const made: LocalWorkspace = createLocalWorkspace({
      name,
      containers,
      state,
      limits: options.limits,
      signal: ending.signal,
      log,
      version: options.version,
      now,
      newId: options.newId,
      sleptUnseen: unseenSleep.hasSlept,
      wokeAt: () => sleepWatch.wokeAt,
      hasNeighbours: () => [...workspaces.values()].some((one) => one !== made && one.origin() !== undefined),
    });
    workspaces.set(name, made);
    return made;
  };

  /** The workspace of that name, if the engine has one that is ours to look after. */
  const existing = async (name: string): Promise<LocalWorkspace> => {
    const all = await containers.list(name);
    if (all.length === 0 || all.every(({ settings }) => settings.managed === false))
      throw new AppError("no-such-workspace", `There is no workspace "${name}".`, {
        hint: "`atelier list` shows them.",
      });
    return workspaceOf(name);
  };

  /** One that lost its container gets another. Answers whether it had. */
  const makeAgain = async (name: string): Promise<boolean> => {
    // One that waits or stands by has nothing of the student's.
    const isLost = (await containers.list(name)).every(({ claim }) => claim === undefined);
    const madeAgain = isLost && (await containers.createAgain(name));
    if (madeAgain) log({ event: "container.made-again", workspace: name });
    return madeAgain;
  };

  const forget = async (name: string): Promise<void> => {
    const workspace = workspaces.get(name);
    workspaces.delete(name);
    backOff.succeeded(name);
    await workspace?.close();
    fallbacks.get(name)?.server.close();
    fallbacks.delete(name);
  };

  const remove = async (name: string): Promise<void> => {
    await workspaces.get(name)?.release();
    await options.removeWorkspace(name);
    await forget(name);
  };

  const fail = (event: string, name: string, error: unknown): void =>
    log({ event, workspace: name, error: messageOf(error), againInMs: backOff.failed(name) });

  /**
   * Looks at one workspace, or at all, as the engine has them. Of all, those that failed lately are left out;
   * one that is named has changed, and may be well again.
   */
  const look = async (only?: string): Promise<void> => {
    const orderedBefore = orders.begun;
    const found = (await containers.list(only)).filter(({ settings }) => settings.managed !== false);
    if (only === undefined) hasListed = true;
    const names = new Set(found.map(({ settings }) => settings.name));
    // An order that came meanwhile may just be making its container: of one workspace there would be two of ours, and
    // what was asked of one would be answered by the other. The next look finds what is gone for good.
    const isNews = (): boolean => orders.open === 0 && orders.begun === orderedBefore;
    for (const name of only === undefined ? [...workspaces.keys()] : [only])
      if (!names.has(name) && isNews() && workspaces.get(name)?.isBusy === false) await forget(name);
    await Promise.all(
      [...names].map(async (name) => {
        const workspace = workspaceOf(name);
        if (workspace.isBusy || (only === undefined && backOff.isWaiting(name))) return;
        try {
          await workspace.refresh();
          await openFallback(name);
        } catch (error) {
          fail("workspace.not-settled", name, error);
        }
      }),
    );
  };

  const find = (name: string): Seen | undefined => {
    const workspace = workspaces.get(name);
    const settings = workspace?.settings;
    if (workspace === undefined || settings === undefined) return undefined;
    const origin = workspace.origin();
    const phase = workspace.view()?.phase;
    return {
      phase: origin ? "running" : phase === "starting" ? "starting" : "stopped",
      workspaceId: settings.id,
      isUnsettled: workspace.isUnsettled,
      ...(origin ? { port: origin.port } : {}),
    };
  };

  const order = async <T>(work: () => Promise<T>): Promise<T> => {
    if (isEnding) throw new AppError("supervisor-ending", "The supervisor is ending; try again.");
    lastOrder = now();
    orders.begun++;
    orders.open++;
    try {
      return await work();
    } finally {
      orders.open--;
      lastOrder = now();
    }
  };

  const manage = createManagement(
    {
      health: () => ({ version: options.version, pid: options.pid, ready: isReady, ending: isEnding }),
      workspaces: () => [...workspaces.values()].flatMap((workspace) => workspace.view() ?? []),
      start: (name, progress) =>
        order(async () => {
          const madeAgain = await makeAgain(name);
          const result = await (await existing(name)).start(progress);
          backOff.succeeded(name);
          await openFallback(name);
          return { ...result, ...(madeAgain ? { madeAgain } : {}) };
        }),
      stop: (name, progress) => order(async () => (await existing(name)).stop(progress)),
      remove: (name, progress) =>
        order(async () => {
          progress.onPhase("Removing");
          await remove(name);
          return { phase: "stopped" as const };
        }),
      transition: (name, wanted, progress) => order(async () => (await existing(name)).transition(wanted, progress)),
      overlay: (name, texts) => order(async () => (await existing(name)).overlay(texts)),
      check: (name, wanted) => order(async () => (await existing(name)).check(wanted)),
      extend: (name, seconds) => order(async () => (await existing(name)).extend(seconds)),
      handover: () => finish("handed over"),
    },
    options.token,
  );
  const answerSafely = (socket: Duplex, answer: () => void): void =>
    guardConnection(socket, answer, (error) => log({ event: "http.failed", error: String(error) }));
  const answering = new Set<Promise<void>>();
  const front = createFront({
    find,
    token: (id, role) => state.token(id, role),
    manage: (request, response) => {
      const answered = new Promise<void>((resolve) => response.once("close", resolve));
      answering.add(answered);
      answered.then(() => answering.delete(answered));
      manage(request, response);
    },
    guard: answerSafely,
  });

  const serve = (routeOf: (request: IncomingMessage) => HostRoute): Server => {
    const options = { requestTimeout: 0, keepAliveTimeout: 60_000, shouldUpgradeCallback: isWebSocketUpgrade };
    const server = createServer(options, (request, response) =>
      answerSafely(request.socket, () => front.request(routeOf(request), request, response)),
    );
    server.on("upgrade", (request, socket, head) =>
      answerSafely(socket, () => front.upgrade(routeOf(request), request, { socket, head })),
    );
    server.on("clientError", (_error, socket) => socket.destroy());
    return server;
  };

  const main = serve((request) => routeOfHost(request.headers.host, port));
  const port = await listenOnOne(main, portsToTry(state));
  state.savePort(port);

  /** The workspace's own port on 127.0.0.1, for browsers that do not resolve `*.localhost`. */
  async function openFallback(name: string): Promise<void> {
    const settings = workspaces.get(name)?.settings;
    const open = fallbacks.get(name);
    if (settings === undefined || open?.port === settings.port) return;
    open?.server.close();
    const hosts = new Set([`127.0.0.1:${settings.port}`, `localhost:${settings.port}`]);
    const [workspace] = [routeOfHost(`${name}.localhost:${port}`, port)];
    const server = serve((request) => (hosts.has(request.headers.host ?? "") ? workspace : { kind: "unknown" }));
    if (await canListen(server, settings.port)) fallbacks.set(name, { port: settings.port, server });
    else log({ event: "fallback.port-taken", workspace: name, port: settings.port });
  }

  const finish = (reason: string): void => {
    if (isEnding) return;
    isEnding = true;
    log({ event: "supervisor.ending", reason });
    // Orders first: one may be on its way through a workspace's server, and in nobody's queue.
    Promise.all(answering)
      .then(() => Promise.all([...workspaces.values()].map((workspace) => workspace.close())))
      .catch((error: unknown) => log({ event: "close.failed", error: messageOf(error) }))
      .finally(() => end(reason));
  };

  const tickOne = async (workspace: LocalWorkspace): Promise<void> => {
    if (backOff.isWaiting(workspace.name)) return;
    try {
      if ((await workspace.tick()) === "delete") {
        log({ event: "retain.over", workspace: workspace.name });
        await remove(workspace.name);
      }
      backOff.succeeded(workspace.name);
    } catch (error) {
      fail("workspace.tick-failed", workspace.name, error);
    }
  };

  const becomeReady = (): void => {
    if (isReady) return;
    isReady = true;
    log({ event: "supervisor.ready", port, workspaces: workspaces.size });
  };

  const tick = async (): Promise<void> => {
    if (!options.isOurs()) return finish("replaced");
    await look();
    // Side by side, each for itself: one that cannot be stopped, or takes long, holds up nobody else's.
    await Promise.all([...workspaces.values()].map(tickOne));
    unseenSleep.seen();
    becomeReady();
    const isBusy = [...workspaces.values()].some((workspace) => workspace.isBusy || workspace.origin() !== undefined);
    if (isBusy) lastOrder = now();
    else if (now() - lastOrder > options.idleMs) finish("idle");
  };

  const background = new Set<Promise<void>>();
  const inBackground = (event: string, work: () => Promise<void>): void => {
    const task = work()
      .catch((error: unknown) => {
        if (!ending.signal.aborted) log({ event, error: messageOf(error) });
      })
      .finally(() => background.delete(task));
    background.add(task);
  };
  let isTicking = false;
  const tickInBackground = (): void => {
    sleepWatch.beat();
    if (isTicking || isEnding) return;
    isTicking = true;
    inBackground("tick.failed", () =>
      tick().finally(() => {
        isTicking = false;
      }),
    );
  };
  const timer = setInterval(tickInBackground, options.tickMs);
  // The first one makes us ready; when the engine does not answer it, a later one does.
  tickInBackground();
  const firstLook = setTimeout(() => hasListed && becomeReady(), options.firstLookMs);
  inBackground("changes.ended", async () => {
    // While we are at it ourselves we need nobody to tell us.
    for await (const name of options.changes(ending.signal))
      if (workspaces.get(name)?.isBusy !== true && !isEnding) await look(name);
  });

  return {
    port,
    ended,
    close: async () => {
      finish("closed");
      await ended;
      clearInterval(timer);
      clearTimeout(firstLook);
      ending.abort(new Error("the supervisor ended"));
      for (const server of [main, ...[...fallbacks.values()].map((fallback) => fallback.server)]) {
        server.closeAllConnections();
        server.close();
      }
      await Promise.all(background);
    },
  };
};

const portsToTry = (state: StateDirectory): readonly number[] => {
  const saved = state.readPort();
  // Spread by the state directory, so that several on one machine keep theirs.
  const offset = Number.parseInt(state.id.slice(0, 6), 16) % portCount;
  const all = Array.from({ length: portCount }, (_, index) => firstPort + ((offset + index) % portCount));
  return saved === undefined ? all : [saved, saved, saved, ...all.filter((port) => port !== saved)];
};

const listenOnOne = async (server: Server, ports: readonly number[]): Promise<number> => {
  let last = 0;
  for (const port of ports) {
    // The one before may be just about to let go of it.
    if (port === last) await new Promise((resolve) => setTimeout(resolve, 500));
    last = port;
    if (await canListen(server, port)) return port;
  }
  throw new AppError(
    "no-free-port",
    `None of the ports ${firstPort} to ${firstPort + portCount - 1} is free on 127.0.0.1.`,
  );
};

const canListen = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const failed = (): void => resolve(false);
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", failed);
      resolve(true);
    });
  });

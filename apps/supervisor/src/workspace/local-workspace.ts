import type { StateDirectory, WorkspaceContainer, WorkspaceSettings } from "@atelier/backend-docker";
import {
  type BootView,
  type CheckOrder,
  type LocalWorkspaceView,
  type NewRequest,
  type OperationResult,
  type OverlayOrder,
  requestViewSchema,
  type TransitionOrder,
  type WorkspacePhase,
} from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { z } from "zod";
import { type ControlLink, openControlLink, type RequestMessage } from "../control/control-link.ts";
import { askServer } from "../http/ask-server.ts";
import { lifecycleAction } from "../lifecycle/deadline.ts";
import { createRetention } from "../lifecycle/retention.ts";
import { createAhead } from "../transition/ahead.ts";
import { discard, type Live, type TransitionTools } from "../transition/live.ts";
import { planTransition, type Standing, type TransitionPlan } from "../transition/plan-transition.ts";
import { settle, type SettleOrder } from "../transition/settle.ts";
import { messageOf } from "../transition/message-of.ts";
import { swap } from "../transition/swap.ts";
import { createContentOverlay } from "./content-overlay.ts";
import { createOutcomes, type Outcome, outcomeOfLabel } from "./outcomes.ts";
import { createPace } from "./pace.ts";
import { createQueue } from "./queue.ts";
import { runCheck } from "./run-check.ts";
import { saveArrival, saveStay } from "./save-standing.ts";
import { standingOf } from "./standing-of.ts";
import { noticesOf, statusOf, type Timing } from "./status.ts";

/** Who listens to an operation. */
export interface Progress {
  readonly onPhase: (text: string) => void;
  readonly onBoot: (boot: BootView) => void;
}

export interface Origin {
  readonly port: number;
  readonly workspaceId: string;
}

/** One workspace on this machine: its containers, the line to its server, its time. One thing at a time. */
export interface LocalWorkspace {
  readonly name: string;
  readonly isBusy: boolean;
  /** Something is done to it, or about to be: the line to its server was lost. */
  readonly isUnsettled: boolean;
  readonly settings: WorkspaceSettings | undefined;
  view(): LocalWorkspaceView | undefined;
  /** Where its server listens, when it runs. */
  origin(): Origin | undefined;
  /** Looks at what the engine has, and puts it in order. */
  refresh(): Promise<void>;
  start(progress: Progress): Promise<OperationResult>;
  stop(progress: Progress): Promise<OperationResult>;
  /** Ends everything of it here; the backend removes the rest. */
  release(): Promise<void>;
  transition(order: TransitionOrder, progress: Progress): Promise<OperationResult>;
  extend(seconds: number | undefined): Promise<OperationResult>;
  /** Replaces texts for an author at work, here and in the containers that follow. */
  overlay(order: OverlayOrder): Promise<OperationResult>;
  /** Runs a step's check beside whatever goes on. */
  check(order: CheckOrder): Promise<OperationResult>;
  /** Holds its time against the clock. Answers `delete` when it was kept long enough. */
  tick(): Promise<"kept" | "delete">;
  /** Waits for what is under way and lets go of everything; the containers run on. */
  close(): Promise<void>;
}

export interface LocalWorkspaceOptions extends Pick<TransitionTools, "containers" | "limits" | "signal" | "log"> {
  readonly name: string;
  readonly state: StateDirectory;
  readonly version: string;
  readonly now: () => number;
  readonly newId: () => string;
  /** The machine slept while no supervisor ran. */
  readonly sleptUnseen?: boolean;
  /** When it woke from a sleep that this supervisor saw, in ms since 1970; undefined: from none. */
  readonly wokeAt: () => number | undefined;
  /** Whether other workspaces run here. */
  readonly hasNeighbours: () => boolean;
}

const silent: Progress = { onPhase: () => {}, onBoot: () => {} };
const hour = 3_600_000;
const reconnectMs = { lost: 300, replaced: 5_000 } as const;

export const createLocalWorkspace = (options: LocalWorkspaceOptions): LocalWorkspace => {
  const { name, containers, state, log, now } = options;
  const queue = createQueue();
  const outcomes = createOutcomes();
  const retention = createRetention({ containers, state, now, log });
  const overlay = createContentOverlay();
  const ending = new AbortController();
  const acknowledged = new WeakMap<ControlLink, Set<string>>();
  let live: Live | undefined;
  let known: WorkspaceContainer | undefined;
  let phase: WorkspacePhase = "stopped";
  let timing: Timing = {};
  let judgedAt = Number.NEGATIVE_INFINITY;
  let sentStatus = "";
  /** The student's files are being saved, and what writes is ended. */
  let isLeaving = false;
  /** Its end was ordered and has begun: whatever fails then is tried again. */
  let isStopWanted = false;

  const tools = (progress: Progress = silent): TransitionTools => ({
    containers,
    limits: options.limits,
    signal: options.signal,
    log,
    ...progress,
    connect,
  });

  const connect = async (container: WorkspaceContainer, port: number): Promise<Live> => {
    const link = await openControlLink({
      port,
      token: state.token(container.settings.id, "control"),
      version: options.version,
      timeoutMs: options.limits.connectMs,
      whyGone: () => containers.whyGone(container),
      onRequest: (message) => void execute(message).catch(report("request.failed")),
      onActivity: ({ done, likely }) => {
        if (done !== undefined) ahead.done(done);
        if (likely !== undefined) ahead.asked(likely);
      },
      onWriting: (isHeavy) => {
        if (live?.container.id === container.id) pace.heard(container, isHeavy);
      },
      onReleased: () => {
        // Whoever moves or stops it knows. Otherwise an order came to its end after we had given it up.
        if (live?.container.id === container.id && !queue.isBusy)
          void workspace.refresh().catch(report("release.not-repaired"));
      },
      onClose: (cause) => {
        if (ending.signal.aborted || live?.container.id !== container.id) return;
        // Not for who was given up meanwhile: what is there by then is looked after by another one.
        const again = (): void => void (ending.signal.aborted || workspace.refresh().catch(report("reconnect.failed")));
        setTimeout(again, reconnectMs[cause]).unref();
      },
    });
    return { container, port, link };
  };

  const pace = createPace({
    containers,
    mayBeSlow: () => !isLeaving && options.hasNeighbours(),
    // A shell that is slow for a reason says so.
    onChange: () => sendStatus(),
    log: (event) => log({ workspace: name, ...event }),
  });

  const report =
    (event: string) =>
    (error: unknown): void =>
      log({ event, workspace: name, error: messageOf(error) });

  /** Takes a container for the workspace's own: from now on browsers reach it. */
  const take = (next: Live | undefined, container: WorkspaceContainer | undefined): void => {
    if (next && live?.container.id !== next.container.id) overlay.sendAll(next.link).catch(report("overlay.failed"));
    if (live && live.link !== next?.link) live.link[Symbol.dispose]();
    live = next;
    known = container;
    isLeaving = false;
    phase = next ? "running" : "stopped";
    sentStatus = "";
    if (next === undefined) timing = {};
    else saveArrival(state, next.container);
    if (next) ahead.arrived();
    sendStatus();
  };

  const sendStatus = (): void => {
    if (live === undefined) return;
    const status = statusOf({
      ...timing,
      isSlow: pace.isSlow,
      phase,
      lifecycle: live.container.settings.lifecycle,
      now: now(),
    });
    const text = JSON.stringify(status);
    if (text === sentStatus) return;
    sentStatus = text;
    live.link.send(status);
  };

  const settleNow = async (wanted: SettleOrder["wanted"], progress: Progress): Promise<void> => {
    const wasRunning = live !== undefined;
    const result = await settle(tools(progress), {
      name,
      wanted,
      live,
      spared: ahead.containers.map(({ id }) => id),
    });
    if (result.live && result.live.link === live?.link) return;
    if (live && result.live === undefined) await ahead.drop();
    if (!wasRunning && result.live) {
      beginTime(result.live.container);
      // A supervisor that was killed could not give it back its speed.
      await pace.adopt(result.live.container);
    }
    take(result.live, result.container);
    if (result.live && result.finished) acknowledgeClaim(result.live);
  };

  /** A swap that somebody else began is over: whoever asked for it is told. */
  const acknowledgeClaim = ({ container }: Live): void => {
    const { claim, transition } = container;
    if (claim === undefined || transition === undefined) return;
    const outcome = outcomes.of(claim) ?? outcomeOfLabel(container);
    outcomes.settle(claim, outcome);
    acknowledge(claim, outcome);
  };

  const beginTime = ({ settings }: WorkspaceContainer): void => {
    const saved = state.readDeadline(settings.id);
    const ttl = settings.lifecycle?.ttlSeconds;
    timing = saved !== undefined ? { deadline: saved } : ttl === undefined ? {} : { deadline: now() + ttl * 1000 };
    if (timing.deadline !== undefined) state.saveDeadline(settings.id, timing.deadline);
    // One that ran on while the machine slept, and nobody looked: to be judged as if we had slept as well.
    judgedAt = saved !== undefined && options.sleptUnseen ? Number.NEGATIVE_INFINITY : now();
  };

  /** Once over each connection: a server repeats what it has no answer to when the next one opens. */
  const acknowledge = (id: string, { outcome, cause }: Outcome): void => {
    if (live === undefined) return;
    const told = acknowledged.get(live.link) ?? new Set();
    acknowledged.set(live.link, told);
    if (told.has(id)) return;
    told.add(id);
    live.link.send({ t: "acknowledge", id, outcome, ...(cause === undefined ? {} : { cause }) });
  };

  /** Executes a request once, whoever asked and however often it is repeated. */
  const execute = async ({ id, request }: RequestMessage): Promise<void> => {
    const before = outcomes.of(id);
    if (before) {
      acknowledge(id, before);
      return;
    }
    if (!outcomes.begin(id)) return;
    await queue.run(async () => {
      await using retired = new AsyncDisposableStack();
      const outcome = await perform(id, request, retired).catch((error: unknown): Outcome => {
        log({ event: "request.failed", workspace: name, request: request.kind, error: messageOf(error) });
        return { outcome: "failed", cause: messageOf(error) };
      });
      log({ event: "request.finished", workspace: name, request: request.kind, ...outcome });
      outcomes.settle(id, outcome);
      acknowledge(id, outcome);
    });
  };

  const perform = async (id: string, request: NewRequest, retired: AsyncDisposableStack): Promise<Outcome> => {
    // An earlier supervisor did it and could not say so any more.
    if (live?.container.claim === id) return outcomeOfLabel(live.container);
    const current = requireLive();
    if (request.kind === "extend") {
      extendBy(undefined);
      return { outcome: "done", swapped: false };
    }
    return follow({ id, kind: request.kind, retired }, await planOf(current, request));
  };

  /** @param order `retired`: the container before goes with it, when the student works in the next one. */
  const follow = async (
    { id, kind, retired }: { readonly id: string; readonly kind: string; readonly retired: AsyncDisposableStack },
    plan: TransitionPlan,
  ): Promise<Outcome> => {
    const current = requireLive();
    if (plan.kind === "refuse") return { outcome: "refused", cause: plan.cause };
    if (plan.kind === "stay") {
      if (plan.step !== undefined) {
        await enter(current, plan.step);
        saveStay(state, current.container, { image: plan.image, step: plan.step });
      }
      ahead.arrived();
      return { outcome: "done", swapped: false };
    }
    const order = { ...ahead.orderOf(current, kind, plan), claim: id };
    const { ready, waiting, unwanted } = ahead.take(order);
    // Not before the student is there.
    for (const one of unwanted) retired.defer(() => discard(tools(), one));
    phase = "moving";
    sendStatus();
    const result = await swap(tools(listeners(id)), {
      next: { ...order, waiting },
      resetsServices: plan.resetsServices,
      kubeconfig: () => state.readKubeconfig(current.container.settings.id),
      prepared: ready,
      // While the next container is made, the engine needs the disk; then the old server all the speed there is.
      onRelease: () => {
        isLeaving = true;
        return pace.normal();
      },
    }).finally(() => {
      isLeaving = false;
    });
    take(result.live, result.live?.container ?? known);
    for (const old of result.retired ?? []) retired.defer(() => discard(tools(), old));
    return result.outcome === "done"
      ? { outcome: "done", swapped: true }
      : { outcome: "failed", cause: result.cause, swapped: false };
  };

  const progressOf = new Map<string, Progress>();
  const listeners = (id: string): Progress => ({
    onPhase: (text) => progressOf.get(id)?.onPhase(text),
    onBoot: (boot) => progressOf.get(id)?.onBoot(boot),
  });

  const requireLive = (): Live => {
    if (live === undefined)
      throw new AppError("workspace-stopped", `The workspace "${name}" does not run.`, {
        hint: `Start it: atelier start ${name}`,
      });
    return live;
  };

  const ask = <T extends z.ZodType>(
    { container, port }: Live,
    call: { readonly path: string; readonly method?: "GET" | "POST"; readonly body?: unknown; readonly schema: T },
  ): Promise<z.output<T>> => askServer({ port, token: state.token(container.settings.id, "student"), ...call });

  const enter = (current: Live, step: string): Promise<unknown> =>
    ask(current, { path: `/api/steps/${step}/enter`, method: "POST", body: {}, schema: z.unknown() }).catch(
      // The server enters it by itself, or keeps it locked: then the page says why.
      report("step.not-entered"),
    );

  const standing = (current: Live, request: NewRequest): Promise<Standing> =>
    standingOf(request, {
      ...current.container,
      record: state.readRecord(current.container.settings.record),
      ask: (path, schema) => ask(current, { path, schema }),
    });

  const planOf = async (current: Live, request: NewRequest): Promise<TransitionPlan> =>
    planTransition(request, await standing(current, request));
  const ahead = createAhead({ name, queue, live: () => live, tools, planOf });

  const extendBy = (seconds: number | undefined): number => {
    const { settings } = requireLive().container;
    if (timing.deadline === undefined)
      throw new AppError("no-deadline", `The workspace "${name}" has no end that could be moved.`);
    const deadline = Math.max(timing.deadline, now()) + (seconds === undefined ? hour : seconds * 1000);
    timing = { deadline };
    state.saveDeadline(settings.id, deadline);
    sendStatus();
    return deadline;
  };

  const startServices = async (progress: Progress): Promise<void> => {
    const all = await containers.list(name);
    const settings = all.at(-1)?.settings;
    if (settings === undefined) return;
    // A new run has its whole time before it, however the last one ended.
    if (!all.some((container) => container.state === "running")) state.saveDeadline(settings.id, undefined);
    if ((state.readRecord(settings.record)?.services.length ?? 0) > 0) progress.onPhase("Starting services");
    await containers.startServices(settings, options.signal);
  };

  /** The container crashed, or somebody stopped or started it behind our back: what stands beside it goes along. */
  const goAlong = async ({ settings }: WorkspaceContainer): Promise<void> => {
    const gone = live ? containers.startServices(settings, options.signal) : containers.stopServices(settings);
    await gone.catch(report("services.not-along"));
  };

  const stopNow = async (progress: Progress): Promise<OperationResult> => {
    await settleNow("stopped", progress);
    const container = live?.container ?? known;
    isLeaving = true;
    await pace.normal();
    await ahead.drop();
    if (container) {
      phase = "stopping";
      isStopWanted = true;
      progress.onPhase("Saving your files");
      // Its own layer keeps everything; this is for the case that somebody removes the container.
      await live?.link.call({ t: "release", reason: "stop" }, options.limits.releaseMs).catch(report("release.failed"));
      progress.onPhase("Stopping the container");
      const stopped = live;
      live = undefined;
      stopped?.link[Symbol.dispose]();
      await containers.stop(container);
      await containers.stopServices(container.settings);
      state.saveDeadline(container.settings.id, undefined);
    }
    isStopWanted = false;
    take(undefined, container);
    return { phase: "stopped" };
  };

  const result = (boot?: BootView): OperationResult => ({
    phase,
    ...(boot ? { boot } : {}),
    ...(known ? { image: known.settings.image } : {}),
    ...(known?.settings.step === undefined ? {} : { step: known.settings.step }),
    ...(timing.deadline === undefined ? {} : { deadline: new Date(timing.deadline).toISOString() }),
  });

  const workspace: LocalWorkspace = {
    name,
    get isBusy() {
      return queue.isBusy;
    },
    get isUnsettled() {
      return queue.isBusy || live?.link.isOpen === false;
    },
    get settings() {
      return known?.settings;
    },
    view: () =>
      known === undefined
        ? undefined
        : {
            name,
            workspaceId: known.settings.id,
            phase,
            image: known.settings.image,
            ...(known.settings.step === undefined ? {} : { step: known.settings.step }),
            generation: known.generation,
            ...(timing.deadline === undefined ? {} : { deadline: new Date(timing.deadline).toISOString() }),
            ...(timing.retainUntil === undefined ? {} : { retainUntil: new Date(timing.retainUntil).toISOString() }),
            notices: [...noticesOf({ ...timing, isSlow: pace.isSlow, now: now() })],
          },
    origin: () => (live ? { port: live.port, workspaceId: live.container.settings.id } : undefined),
    refresh: () =>
      queue.run(async () => {
        if (isStopWanted) await stopNow(silent);
        else {
          const [before, wasRunning] = [known, live !== undefined];
          await settleNow("as-it-is", silent);
          if (before && wasRunning !== (live !== undefined)) await goAlong(live?.container ?? before);
        }
      }),
    start: (progress) =>
      queue.run(async () => {
        isStopWanted = false;
        try {
          if (live === undefined) {
            phase = "starting";
            await startServices(progress);
            progress.onPhase("Starting the container");
          }
          await settleNow("running", progress);
        } finally {
          if (live === undefined) phase = "stopped";
        }
        const current = live;
        if (current === undefined)
          throw new AppError("workspace-incomplete", `The workspace "${name}" has no container.`, {
            hint: `Remove it: atelier remove ${name}`,
          });
        const boot = await current.link.waitForPhase(["ready", "failed"], {
          timeoutMs: options.limits.standbyMs,
          onBoot: progress.onBoot,
        });
        ahead.arrived();
        return result(boot);
      }),
    stop: (progress) => queue.run(() => stopNow(progress)),
    release: () =>
      queue.run(async () => {
        await ahead.drop();
        take(undefined, undefined);
      }),
    transition: async (order, progress) => {
      const outcome = await (order.order === "move"
        ? move(order.record, progress)
        : requestOf(order.request, progress));
      if (outcome.outcome !== "done")
        throw new AppError(
          outcome.outcome === "refused" ? "refused" : "transition-failed",
          outcome.cause ?? "It failed.",
        );
      return { ...result(live?.link.boot), swapped: outcome.swapped ?? true };
    },
    extend: async (seconds) => {
      extendBy(seconds);
      return result();
    },
    overlay: async (order) => {
      await overlay.add(order, requireLive().link);
      return result();
    },
    check: async (order) => {
      const check = await runCheck(order, {
        name,
        requireLive,
        isLeaving: () => isLeaving,
        settled: () => (queue.isBusy ? queue.idle() : Promise.resolve()),
        timeoutMs: options.limits.checkMs,
      });
      return { ...result(), check };
    },
    tick: async () => {
      const container = live?.container ?? known;
      if (queue.isBusy || container === undefined) return "kept";
      if (live) {
        if (!live.link.isOpen) await workspace.refresh();
        const action = lifecycleAction({
          state: "running",
          now: now(),
          ...(timing.deadline === undefined ? {} : { deadline: timing.deadline }),
          hasSlept: (options.wokeAt() ?? (options.sleptUnseen ? 0 : judgedAt)) > judgedAt,
        });
        // Not before it was judged: a machine that wakes in the middle of a move finds us busy.
        judgedAt = now();
        if (action.kind === "extend") {
          timing = { deadline: action.deadline, slept: true };
          state.saveDeadline(container.settings.id, action.deadline);
          log({ event: "deadline.after-sleep", workspace: name });
        }
        if (action.kind === "stop") {
          log({ event: "deadline.reached", workspace: name });
          await workspace.stop(silent);
        }
        sendStatus();
        return "kept";
      }
      const kept = await retention.look(container);
      // Somebody may have come for it while the engine was asked.
      if (kept === undefined || queue.isBusy || live !== undefined) return "kept";
      timing = { retainUntil: kept.until };
      return kept.isOver ? "delete" : "kept";
    },
    close: async () => {
      ending.abort();
      ahead.end();
      await queue.idle();
      isLeaving = true;
      await pace.normal();
      await ahead.drop();
      live?.link[Symbol.dispose]();
      live = undefined;
    },
  };
  return workspace;

  /** The student's own path: their server judges it and keeps the record; then it comes back to us as a request. */
  async function requestOf(request: NewRequest, progress: Progress): Promise<Outcome> {
    // In the middle of another move there is nobody to ask: the old server has let go, the next is not there yet.
    await queue.idle();
    const current = requireLive();
    const { id } = await ask(current, {
      path: "/api/requests",
      method: "POST",
      body: request,
      schema: requestViewSchema,
    });
    progressOf.set(id, progress);
    try {
      const outcome = await outcomes.wait(id);
      // Whoever types a command wants everything to be done when it ends.
      await queue.idle();
      return outcome;
    } finally {
      progressOf.delete(id);
    }
  }

  function move(record: string, progress: Progress): Promise<Outcome> {
    return queue.run(async () => {
      const current = requireLive();
      const images = state.readRecord(record)?.steps.map(({ step }) => step) ?? [];
      const { image, step } = current.container.settings;
      const id = options.newId();
      progressOf.set(id, progress);
      await using retired = new AsyncDisposableStack();
      overlay.clear();
      const next = { ...current.container.settings, record };
      try {
        // Those of the new build stand before its container wants them; those it has no more go after it has come.
        if ((state.readRecord(record)?.services.length ?? 0) > 0) progress.onPhase("Starting services");
        await containers.moveServices(next, options.signal);
        const outcome = await follow(
          { id, kind: "move", retired },
          {
            kind: "swap",
            image: images.includes(image) ? image : (images[0] ?? "start"),
            step: step !== undefined && images.includes(step) ? step : images[1],
            record,
            restore: { kind: "carry-over" },
            resetsServices: false,
          },
        );
        if (outcome.outcome === "done") await containers.dropServices(next);
        return outcome;
      } finally {
        progressOf.delete(id);
      }
    });
  }
};

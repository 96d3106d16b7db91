import { mkdir } from "node:fs/promises";
import { createServer as createHttpServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import {
  type BootView,
  longestViewerFrame,
  platformPaths,
  type ReleaseResult,
  type RestoreOrder,
  runtimeFileNames,
} from "@atelier/contract";
import { AppError } from "@atelier/domain";
import { guardConnection, isWebSocketUpgrade, refuseUpgrade } from "@atelier/node-kit";
import { getRequestListener } from "@hono/node-server";
import { WebSocketServer } from "ws";
import { rehearseTakeOver } from "./boot/rehearse.ts";
import { shellOf, startCommandsOf, studentEnvironment } from "./boot/student-environment.ts";
import { waitForConfig } from "./boot/wait-for-config.ts";
import { writeKubeconfig } from "./boot/write-kubeconfig.ts";
import { createFileWorker } from "./checkpoints/file-worker.ts";
import { openLayer } from "./checkpoints/student-files.ts";
import { type CheckByItselfOptions, checkByItself } from "./checks/check-by-itself.ts";
import type { ServerSettings } from "./config.ts";
import { previewAddress } from "./content/content-values.ts";
import { createControlHub, type ControlHub } from "./control/control-hub.ts";
import { type AccessRules, cookieNameOf } from "./http/access.ts";
import { createApp } from "./http/app.ts";
import { createEventStream } from "./http/event-stream.ts";
import { isPreview, type PreviewRules, servePreview, upgradePreview } from "./http/preview.ts";
import { routeUpgrade } from "./http/upgrade-routes.ts";
import type { asIdentity, Identity } from "./identity/identity.ts";
import { startIntegrityWatch } from "./integrity/start-integrity-watch.ts";
import { createInstructorService } from "./instructor/instructor-service.ts";
import { createPresenceList, watcherCount } from "./instructor/presence.ts";
import { waitForLease } from "./lease/lease.ts";
import { startLimitsWatch } from "./limits/start-limits-watch.ts";
import { startWritingWatch } from "./limits/watch-writing.ts";
import { watchPorts } from "./ports/watch-ports.ts";
import { cutTornLines } from "./recording/cut-torn-lines.ts";
import { openRunning, openTerminals, rootsOf, type Running, studentOf } from "./running/open-running.ts";
import { createHistoryReader, filesOfLost } from "./progress/progress.ts";
import { knownSecrets } from "./secrets/known-secrets.ts";
import { runStartCommands } from "./start-commands/run-start-commands.ts";
import type { CreateTerminalsOptions } from "./terminal/create-terminals-options.ts";
import type { Terminals } from "./terminal/terminals.ts";
import { applyOverlay } from "./workshop/content-overlay.ts";
import { loadWorkshop } from "./workshop/load-workshop.ts";

export interface WorkspaceServerOptions {
  readonly settings: ServerSettings;
  /** The image's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly log: (event: Readonly<Record<string, unknown>>) => void;
  readonly createTerminals: (options: CreateTerminalsOptions) => Promise<Terminals>;
  /** For machines without the platform layer: how to become the student, and where flock is. */
  readonly replace?: {
    readonly identity?: Identity;
    readonly asIdentity?: typeof asIdentity;
    readonly flock?: string;
    /** Where the kubeconfig goes. */
    readonly kubeconfig?: string;
    readonly goss?: string;
    /** argv of the checkpoint worker, without its verb. */
    readonly worker?: readonly string[];
    readonly autoChecks?: Pick<CheckByItselfOptions, "isBusy" | "pace">;
    /** argv of what writes one file. */
    readonly saver?: readonly string[];
    readonly fileWorker?: readonly string[];
  };
}

export interface WorkspaceServer {
  readonly address: AddressInfo;
  /** Resolves when the boot reached `ready` or `failed`. */
  readonly booted: Promise<BootView>;
  close(): Promise<void>;
}

/** Starts the server: listens at once, then boots phase by phase. */
export const startWorkspaceServer = async (options: WorkspaceServerOptions): Promise<WorkspaceServer> => {
  const { settings, log } = options;
  const started = performance.now();
  const ending = new AbortController();
  const stream = createEventStream();
  const presence = createPresenceList();
  const disposables = new AsyncDisposableStack();
  let phase: Omit<BootView, "elapsedMs"> = { phase: "config" };
  let rules: AccessRules | undefined;
  let running: Running | undefined;
  let control: ControlHub | undefined;
  let contentVersion = 0;
  const order = Promise.withResolvers<RestoreOrder>();
  const taken = Promise.withResolvers<void>();
  // Nobody may have asked for the lease when the boot fails.
  taken.promise.catch(() => {});
  const managed = Promise.withResolvers<void>();

  const boot = (): BootView => ({ ...phase, elapsedMs: Math.round(performance.now() - started) });
  const setPhase = (next: Omit<BootView, "elapsedMs">): void => {
    const isNewPhase = next.phase !== phase.phase;
    phase = next;
    stream.send({ type: "boot", boot: boot() });
    control?.send({ t: "boot", boot: boot() });
    if (isNewPhase) {
      log({ event: "boot.phase", phase: next.phase, ...(next.cause === undefined ? {} : { cause: next.cause }) });
      sendWorkspace();
    }
  };
  const sendWorkspace = (): void => {
    // The view costs milliseconds that a take-over has not.
    if (running && stream.isFollowed)
      stream.send({ type: "workspace", workspace: running.service.workspace("student") });
  };

  const instructor = createInstructorService({
    runtimeFolder: settings.ATELIER_RUNTIME,
    presence,
    workspace: () => running?.service.workspace("instructor"),
    terminals: () => running?.terminals?.list() ?? [],
    idleMs: () => (running?.terminals ? performance.now() - running.terminals.activeAt() : undefined),
    now: options.now,
    onChange: (listener) => stream.subscribe(listener),
    onError: (error) => log({ event: "feed.failed", error: String(error) }),
  });
  const watchers = watcherCount(presence, sendWorkspace);
  const app = createApp({
    rules: () => rules,
    instructor: () => (running ? instructor : undefined),
    instructorFolder: join(settings.ATELIER_PLATFORM, "instructor-ui"),
    presence,
    service: () => running?.service,
    boot,
    events: stream,
    onWork: () => running?.files.touched(),
    uiFolder: join(settings.ATELIER_PLATFORM, "ui"),
    contentFolder: () => settings.ATELIER_WORKSHOP,
    onError: (error) => log({ event: "http.failed", error: String(error) }),
  });
  const listener = getRequestListener(app.fetch);
  const previews = (): PreviewRules => ({ controlToken: rules?.tokens.control, ownPort: settings.ATELIER_PORT });
  const answerSafely = (socket: Duplex, answer: () => void): void =>
    guardConnection(socket, answer, (error) => log({ event: "http.failed", error: String(error) }));
  const server = createHttpServer({ shouldUpgradeCallback: isWebSocketUpgrade }, (request, response) =>
    answerSafely(request.socket, () => {
      // Before any router: the path goes to the student's program exactly as it was written.
      if (isPreview(request)) servePreview(request, response, previews());
      else void listener(request, response);
    }),
  );
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestViewerFrame,
    perMessageDeflate: false,
    // None is spoken here; left to itself it would agree to whatever is offered first.
    handleProtocols: () => false,
  });
  server.on("upgrade", (request, socket, head) => answerSafely(socket, () => upgrade(request, socket, head)));
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (isPreview(request)) {
      upgradePreview(request, { socket, head }, previews());
      return;
    }
    const way = routeUpgrade(request, rules, running?.terminals?.list());
    if (typeof way === "string") {
      refuseUpgrade(socket, way);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // Whoever takes it over listens too; until then, or when nobody does, a broken frame must not end us.
      webSocket.on("error", () => webSocket.terminate());
      if (way.to === "control") control?.accept(webSocket);
      else running?.terminals?.attach(way.name, { socket: webSocket, role: way.role, id: options.newId() });
    });
  };
  await listen(server, settings);

  const bootUp = async (): Promise<void> => {
    const received = await waitForConfig(settings.ATELIER_CONFIG, ending.signal);
    const secrets = knownSecrets(Object.values(received.secrets));
    const { config } = received;
    const loaded = await loadWorkshop(settings.ATELIER_WORKSHOP);
    await mkdir(settings.ATELIER_RUNTIME, { recursive: true, mode: 0o700 });
    rules = {
      tokens: received.tokens,
      origins: config.origins,
      cookieName: cookieNameOf(config.workspaceId),
      previewAddress: previewAddress(config),
    };
    control = createControlHub({
      hello: () => ({
        t: "hello",
        workspaceId: config.workspaceId,
        step: loaded.image.step,
        planDigest: loaded.image.planDigest,
        contract: loaded.image.platformContract,
        holdsLease: running !== undefined,
      }),
      boot,
      outstanding: () =>
        [...(running?.history.outstanding.values() ?? [])].map(({ id, kind, step, checkpoint, image, by }) => ({
          id,
          by,
          request: {
            kind,
            ...(step === undefined ? {} : { step }),
            ...(checkpoint === undefined ? {} : { checkpoint }),
            ...(image === undefined ? {} : { image }),
          },
        })),
      handle: async (message) => {
        if (message.t === "check" && running)
          return running.checker.check(message.step, {
            trigger: "manager",
            ...(message.goss === undefined ? {} : { goss: message.goss }),
          });
        if (message.t === "release") return await release(message.reason);
        if (message.t === "content-overlay" && running) {
          await applyOverlay(running.loaded, message);
          contentVersion++;
          sendWorkspace();
          return undefined;
        }
        if (message.t === "take-lease") {
          if (phase.phase !== "standby") throw new Error(`this server is not standing by but in "${phase.phase}"`);
          order.resolve(message.restore ?? { kind: "none" });
          await taken.promise;
          return undefined;
        }
        // Its cluster was made anew, and the student has stayed here.
        if (message.t === "kubeconfig") {
          await writeKubeconfig(message.text, studentOf(loaded, options), options.replace?.kubeconfig);
          return undefined;
        }
        if (message.t === "checkpoint" && message.ahead && running) return await running.files.prepare();
        if (message.t === "checkpoint" && running)
          return { checkpoint: await running.files.save("manual") } satisfies ReleaseResult;
        if (message.t === "restore" && running)
          return await running.files.restore({ kind: "exact", checkpoint: message.checkpoint });
        throw new Error(`"${message.t}" is not offered by this version of the image`);
      },
      onAcknowledge: ({ id, outcome, cause }) => {
        const request = running?.history.outstanding.get(id);
        if (running === undefined || request === undefined) return;
        running.events.append({
          type: "request-acknowledged",
          id,
          outcome,
          ...(cause === undefined ? {} : { cause }),
        });
        if (outcome === "done" && request.kind === "solve" && request.step !== undefined)
          running.events.append({ type: "step-solved", step: request.step });
      },
      onChange: () => {
        if (control?.isConnected) managed.resolve();
        sendWorkspace();
      },
    });

    const identity = studentOf(loaded, options);
    const env = {
      ...studentEnvironment(options.env, config),
      ...(await writeKubeconfig(received.kubeconfig, identity, options.replace?.kubeconfig)),
    };
    const layer = await openLayer(settings.ATELIER_LAYER, rootsOf(loaded, identity), options.now().getTime());
    const past = createHistoryReader(settings.ATELIER_RUNTIME);
    const isStandby = config.mode === "standby";
    const worker = disposables.use(
      createFileWorker({
        identity,
        worker: options.replace?.worker ?? [
          platformPaths.node,
          join(settings.ATELIER_PLATFORM, "server/checkpoint-worker.mjs"),
        ],
        ...(options.replace?.asIdentity ? { asIdentity: options.replace.asIdentity } : {}),
      }),
    );
    const onStart = (): ReturnType<typeof runStartCommands> => {
      const commands = startCommandsOf(loaded);
      setPhase({
        phase: "onStart",
        ...(commands.length > 0 ? { progress: { done: 0, of: commands.length, label: "" } } : {}),
      });
      return runStartCommands({
        commands,
        student: identity,
        workdir: loaded.workshop.workdir,
        shell: shellOf(loaded),
        env: { ...env, ...received.secrets },
        // Who stands by touches nothing of the volume.
        logFolder: join(isStandby ? settings.ATELIER_LAYER : settings.ATELIER_RUNTIME, "on-start"),
        onProgress: (progress, timeoutMs) =>
          setPhase({
            phase: "onStart",
            progress,
            ...(timeoutMs === undefined ? {} : { deadlineMs: boot().elapsedMs + timeoutMs }),
          }),
        secrets,
        signal: ending.signal,
        ...(options.replace?.asIdentity ? { asIdentity: options.replace.asIdentity } : {}),
      });
    };
    let restore: RestoreOrder | undefined;
    if (isStandby) {
      // Its process starts beside ours: a take-over may come as soon as we stand by.
      worker.keepWarm(standbyWarmMs);
      const failure = await onStart();
      if (failure) {
        setPhase({ phase: "failed", cause: failure.cause, output: failure.output });
        return;
      }
      setPhase({ phase: "standby" });
      let isOrdered = false;
      // Not before the manager has its answer; it turns to the old container then, and nobody waits for us yet.
      const rehearsal = managed.promise.then(() => rehearseTakeOver(past, () => isOrdered));
      restore = await untilEnd(order.promise, ending.signal);
      isOrdered = true;
      await rehearsal;
    }

    setPhase({ phase: "lease" });
    const lease = await waitForLease({
      path: join(settings.ATELIER_RUNTIME, runtimeFileNames.lease),
      flock: options.replace?.flock ?? platformPaths.flock,
      signal: ending.signal,
    });
    disposables.use(lease);
    await cutTornLines(settings.ATELIER_RUNTIME);
    running = await openRunning({
      ...options,
      loaded,
      received,
      secrets,
      lease,
      stream,
      control,
      boot,
      layer,
      worker,
      past,
      onEvent: sendWorkspace,
      contentVersion: () => contentVersion,
      watchers,
    });
    disposables.use(running.events);
    disposables.use(
      startIntegrityWatch({ runtimeFolder: settings.ATELIER_RUNTIME, events: running.events, now: options.now }),
    );
    // Only a container of its own has limits of its own.
    if (options.replace === undefined) {
      disposables.use(startLimitsWatch({ student: identity, events: running.events }));
      disposables.use(startWritingWatch((isHeavy) => control?.send({ t: "writing", isHeavy })));
    }
    disposables.use(running.llm);
    disposables.use(running.files);
    const { events, files } = running;
    taken.resolve();
    control.send({ t: "lease", holdsLease: true });
    const lost = filesOfLost(running.history, loaded.image.step);
    events.append({
      type: "server-started",
      workspaceId: config.workspaceId,
      step: loaded.image.step,
      planDigest: loaded.image.planDigest,
      version: options.version,
      ...(layer.baseline.layer ? { layer: layer.baseline.layer.at } : {}),
    });
    setPhase({ phase: "restore" });
    if (restore !== undefined) {
      await files.restore(restore);
      if (config.step !== undefined && config.step !== running.history.current)
        events.append({ type: "step-entered", step: config.step, by: "system" });
    } else if (layer.isFresh) {
      // Work without the files is better than no work; the checkpoint stays where it is.
      await files.restore(lost).catch((error: unknown) => {
        events.append({ type: "boot-failed", phase: "restore", cause: (error as Error).message });
        log({ event: "restore.failed", ...lost, cause: String(error) });
      });
    }
    await layer.markLived();
    const failure = isStandby ? undefined : await onStart();
    setPhase({ phase: "terminal" });
    if (config.webTerminal) {
      const terminals = await openTerminals({ options, running, identity, env, layer, signal: ending.signal });
      disposables.use(terminals);
      running.terminals = terminals;
      terminals.subscribe(() => stream.send({ type: "terminals", terminals: [...terminals.list()] }));
      stream.send({ type: "terminals", terminals: [...terminals.list()] });
    }
    if (failure) {
      // The terminal is there all the same: it is the best place to find out why.
      events.append({ type: "boot-failed", phase: "onStart", cause: failure.cause });
      setPhase({ phase: "failed", cause: failure.cause, output: failure.output });
      return;
    }
    events.append({ type: "ready", bootMs: Math.round(performance.now() - started) });
    setPhase({ phase: "ready" });
    // The student works from here on; what looks after them begins behind their back.
    const { history, checker } = running;
    disposables.use(
      checkByItself({
        loaded,
        history,
        checker,
        stream,
        terminals: () => running?.terminals,
        folders: [identity.home, loaded.workshop.workdir],
        onError: (error) => log({ event: "auto-check.failed", error: String(error) }),
        ...options.replace?.autoChecks,
      }),
    );
    if (isStandby) worker.keepWarm(afterwardsWarmMs);
    running.ports = disposables.use(
      watchPorts({
        own: [settings.ATELIER_PORT],
        onOpen: (port) => events.append({ type: "port-opened", port }),
        onClose: (port) => events.append({ type: "port-closed", port }),
        onChange: sendWorkspace,
        // Without a container of our own the ports are everybody's.
        ...(options.replace === undefined ? {} : { ports: async () => [] }),
      }),
    );
  };

  /** What is not saved is not given away: a checkpoint that fails keeps the shells and the lease. */
  const release = async (reason: string): Promise<ReleaseResult> => {
    const current = running;
    if (current === undefined) return {};
    const why = reason === "stop" ? "stop" : reason === "undo" ? "undo" : "swap";
    current.checker.giveUp();
    const before = await current.files.save(why);
    const jobs = (current.terminals?.jobs() ?? []).slice(0, 20);
    // Shells write their history and editors their recovery files when the terminal goes.
    await current.terminals?.[Symbol.asyncDispose]();
    const after = await current.files.save(why).catch((error: unknown) => {
      log({ event: "checkpoint.failed", cause: String(error) });
      return undefined;
    });
    const left = after ?? before;
    // One that began while we saved has lost its shells.
    current.checker.giveUp();
    current.events.append({
      type: "released",
      reason,
      image: current.loaded.image.step,
      jobs,
      ...(left === undefined ? {} : { checkpoint: left }),
    });
    current.events.flush();
    await disposables.disposeAsync();
    running = undefined;
    control?.send({ t: "lease", holdsLease: false });
    return left === undefined ? {} : { checkpoint: left };
  };

  const booted = bootUp().then(boot, (error: unknown) => {
    // Whoever handed us the lease is told at once, not by their own patience.
    taken.reject(error);
    if (!ending.signal.aborted) {
      const cause =
        error instanceof AppError && error.hint !== undefined
          ? `${error.message} ${error.hint}`
          : (error as Error).message;
      log({ event: "boot.failed", cause, stack: (error as Error).stack });
      setPhase({ phase: "failed", cause });
    }
    return boot();
  });

  return {
    address: server.address() as AddressInfo,
    booted,
    close: async () => {
      ending.abort(new Error("the server is stopping"));
      await release("stop").catch((error: unknown) => log({ event: "release.failed", cause: String(error) }));
      control?.close();
      stream.close();
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await booted;
      if (!disposables.disposed) await disposables.disposeAsync();
    },
  };
};

const untilEnd = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });

/** One that stands by does so for as long as a student reads a page. */
const standbyWarmMs = 24 * 3_600_000;
/** Students click on, or back, soon or not so soon. */
const afterwardsWarmMs = 60_000;

const listen = (server: Server, settings: ServerSettings): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(settings.ATELIER_PORT, settings.ATELIER_HOST, () => resolve());
  });

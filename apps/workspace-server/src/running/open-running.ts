import { openStudentDisk } from "../files/open-student-disk.ts";
import { join } from "node:path";
import { type BadLine, type BootView, platformPaths, runtimeFileNames, type StateEvent } from "@atelier/contract";
import { fillContent } from "@atelier/domain";
import { shellOf, studentEnvironment } from "../boot/student-environment.ts";
import { kubeconfigPath } from "../boot/write-kubeconfig.ts";
import type { ReceivedConfig } from "../boot/wait-for-config.ts";
import type { FileWorker } from "../checkpoints/file-worker.ts";
import { type Layer, openStudentFiles, type StudentFiles } from "../checkpoints/student-files.ts";
import { type Checker, createChecker } from "../checks/checker.ts";
import { createDisputes } from "../checks/evidence.ts";
import { contentValues } from "../content/content-values.ts";
import { renderMarkdown } from "../content/render-markdown.ts";
import type { ControlHub } from "../control/control-hub.ts";
import { type OpenedEventLog, openEventLog } from "../events/open-event-log.ts";
import { tellSkipped } from "../events/tell-stream.ts";
import type { StudentService } from "../http/app.ts";
import { createLlmHelp, type LlmHelp } from "../help/create-llm-help.ts";
import type { createEventStream } from "../http/event-stream.ts";
import type { Identity } from "../identity/identity.ts";
import type { Lease } from "../lease/lease.ts";
import { processesOf } from "../limits/student-processes.ts";
import { arrivalLine } from "../progress/arrival-line.ts";
import { applyEvent, type History, type HistoryReader } from "../progress/progress.ts";
import { createStorageNotices } from "../recording/storage-notices.ts";
import { createQuizzes } from "../quizzes/quizzes.ts";
import { createStudentService } from "../service/student-service.ts";
import type { WatchedPorts } from "../ports/watch-ports.ts";
import type { KnownSecrets } from "../secrets/known-secrets.ts";
import type { Terminals } from "../terminal/terminals.ts";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";
import type { WorkspaceServerOptions } from "../workspace-server.ts";

/** What exists once the lease is held. */
export interface Running {
  readonly loaded: LoadedWorkshop;
  readonly received: ReceivedConfig;
  readonly secrets: KnownSecrets;
  readonly events: OpenedEventLog;
  readonly history: History;
  readonly checker: Checker;
  readonly service: StudentService;
  readonly files: StudentFiles;
  readonly llm: LlmHelp | undefined;
  terminals: Terminals | undefined;
  ports: WatchedPorts | undefined;
}

/** Who works here: the image's student, or root where the workshop says so. */
export const studentOf = ({ workshop, image }: LoadedWorkshop, { replace }: WorkspaceServerOptions): Identity =>
  replace?.identity ??
  (workshop.user === "root" ? { name: "root", uid: 0, gid: 0, groups: [], home: "/root" } : image.student);

/** Home, workdir and what the author wants kept; none inside another. */
export const rootsOf = ({ workshop }: LoadedWorkshop, { home }: Identity): readonly string[] => {
  const roots = [home, workshop.workdir, ...keptPaths(workshop.keep, home)].filter((path) => path !== "/");
  return [...new Set(roots)].filter((path) => !roots.some((other) => other !== path && path.startsWith(`${other}/`)));
};
const keptPaths = (keep: readonly string[], home: string): readonly string[] =>
  keep.map((path) => (path.startsWith("~/") ? join(home, path.slice(2)) : path));

export interface OpenOptions extends WorkspaceServerOptions {
  readonly loaded: LoadedWorkshop;
  readonly received: ReceivedConfig;
  /** Of what was received, what must not be seen. */
  readonly secrets: KnownSecrets;
  readonly lease: Lease;
  readonly stream: ReturnType<typeof createEventStream>;
  readonly control: ControlHub;
  readonly boot: () => BootView;
  readonly layer: Layer;
  readonly worker: FileWorker;
  readonly past: HistoryReader;
  readonly onEvent: () => void;
  /** How often an author replaced texts. */
  readonly contentVersion: () => number;
  readonly watchers: () => number;
}

/** Opens what the holder of the lease writes and serves. */
export const openRunning = async (options: OpenOptions): Promise<Running> => {
  const { settings, loaded, received, secrets, now } = options;
  const { history, badLines } = await options.past.read();
  const events = openEventLog(settings.ATELIER_RUNTIME, now);
  const shown: readonly StateEvent["type"][] = [
    "step-entered",
    "step-completed",
    "variable-set",
    "step-solved",
    "check-finished",
    "request-acknowledged",
    "storage-failed",
    "storage-recovered",
    "terminal-closed",
    "restored",
    "limit-hit",
  ];
  const storage = createStorageNotices(events);
  events.subscribe((event) => {
    applyEvent(history, event);
    if (event.type === "step-completed")
      options.control.send({ t: "activity", at: event.ts, kind: "check", done: event.step });
    if (shown.includes(event.type)) options.onEvent();
  });
  const tellBad = (stream: string, badLines: readonly BadLine[]): void =>
    tellSkipped({ stream, badLines, told: history.skipped.get(stream) }, events.append);
  tellBad(runtimeFileNames.stateEvents, badLines);
  let running: Running | undefined;
  const lookUp = contentValues(received.config, loaded.workshop, history.variables);
  const quizzes = createQuizzes({
    loaded,
    history,
    events,
    render: (step, markdown) => renderMarkdown(markdown, { base: `/content/steps/${step}/`, lookUp }),
    now,
  });
  const checker = createChecker({
    quizzes: (step) => quizzes.assertions(step),
    isSolved: (step) => history.solved.has(step),
    loaded,
    student: studentOf(loaded, options),
    shell: shellOf(loaded),
    env: {
      ...studentEnvironment(options.env, received.config),
      ...(received.kubeconfig === "" ? {} : { KUBECONFIG: kubeconfigPath }),
    },
    secretEnv: received.secrets,
    goss: options.replace?.goss ?? platformPaths.goss,
    events,
    context: () => {
      const cwd = running?.terminals?.currentDirectory();
      return { ...(cwd === undefined ? {} : { cwd }), commands: running?.terminals?.recentCommands(20) ?? [] };
    },
    now,
    secrets,
    ...(options.replace?.asIdentity ? { asIdentity: options.replace.asIdentity } : {}),
  });
  const llm = await createLlmHelp({
    config: received.config.help,
    key: received.helpKey,
    secrets: Object.values(received.secrets),
    loaded,
    fill: (text) => fillContent(text, lookUp),
    lastCheck: (step) => history.lastChecks.get(step),
    recentCommands: () => running?.terminals?.recentCommands(20) ?? [],
    runtimeFolder: settings.ATELIER_RUNTIME,
    events,
    now,
    newId: options.newId,
  });
  if (llm) tellBad(runtimeFileNames.llmHistory, llm.badLines);
  const identity = studentOf(loaded, options);
  const files = await openStudentFiles(
    {
      runtimeFolder: settings.ATELIER_RUNTIME,
      events,
      roots: rootsOf(loaded, identity),
      keep: keptPaths(loaded.workshop.keep, identity.home),
      worker: options.worker,
      image: { step: loaded.image.step, planDigest: loaded.image.planDigest },
      now,
      newId: options.newId,
      needed: () => [
        ...(history.undo ? [history.undo.checkpoint] : []),
        ...[...history.outstanding.values()].flatMap(({ checkpoint }) => checkpoint ?? []),
      ],
      activeAt: () =>
        runsPrograms(identity, running?.terminals) ? performance.now() : (running?.terminals?.activeAt() ?? 0),
      onError: (error) => options.log({ event: "checkpoint.failed", cause: String(error) }),
    },
    options.layer,
  );
  const disputes = createDisputes({
    loaded,
    events,
    redact: secrets.mask,
    runtimeFolder: settings.ATELIER_RUNTIME,
    lastCheck: (step) => history.lastChecks.get(step),
    recentCommands: () => running?.terminals?.recentCommands(20) ?? [],
    workingDirectory: () => running?.terminals?.currentDirectory(),
    imageDigest: received.config.imageDigest,
    version: options.version,
    manifestFile: join(settings.ATELIER_PLATFORM, "platform.json"),
    now,
    newId: options.newId,
  });
  const service = createStudentService({
    quizzes,
    loaded,
    disputes,
    files,
    savedFolders: rootsOf(loaded, identity),
    config: received.config,
    history,
    events,
    storage,
    stream: options.stream,
    checker,
    terminals: () => running?.terminals,
    openPorts: () => running?.ports?.open ?? [],
    control: options.control,
    boot: options.boot,
    contentVersion: options.contentVersion,
    newId: options.newId,
    disk: openStudentDisk({
      identity,
      settings,
      worker: options.replace?.fileWorker,
      workdir: loaded.workshop.workdir,
      workspaceName: received.config.workspaceName,
      changes: () => files.changes(),
      terminals: () => running?.terminals?.list() ?? [],
      ...(options.replace?.asIdentity ? { asIdentity: options.replace.asIdentity } : {}),
    }),
    saving: {
      identity,
      saver: options.replace?.saver ?? [platformPaths.node, join(settings.ATELIER_PLATFORM, "server/save-file.mjs")],
      ...(options.replace?.asIdentity ? { asIdentity: options.replace.asIdentity } : {}),
    },
    llm,
    watchers: options.watchers,
    onError: (error) => options.log({ event: "help.failed", error: String(error) }),
  });
  running = {
    loaded,
    received,
    secrets,
    events,
    history,
    checker,
    service,
    files,
    llm,
    terminals: undefined,
    ports: undefined,
  };
  return running;
};

/** Whether something of the student's besides shells runs: it may write files in silence. */
const runsPrograms = ({ uid }: Identity, terminals: Terminals | undefined): boolean => {
  // Root's processes are the server's as well.
  if (uid === 0) return (terminals?.jobs().length ?? 0) > 0;
  const shells = terminals?.list().filter(({ state }) => state === "ready").length ?? 0;
  return processesOf(uid).length > shells;
};

const arrivalOf = (history: History, roots: readonly string[]): { readonly arrival?: string } => {
  const arrival = arrivalLine(history, roots);
  return arrival === undefined ? {} : { arrival };
};

export const openTerminals = ({
  options,
  running,
  identity,
  env,
  layer,
  signal,
}: {
  options: WorkspaceServerOptions;
  running: Running;
  identity: Identity;
  env: Readonly<Record<string, string>>;
  layer: Pick<Layer, "isFresh">;
  signal: AbortSignal;
}): Promise<Terminals> => {
  const { settings } = options;
  const platform = settings.ATELIER_PLATFORM;
  return options.createTerminals({
    runtimeFolder: settings.ATELIER_RUNTIME,
    shell: shellOf(running.loaded),
    workdir: running.loaded.workshop.workdir,
    identity,
    env: { ...env, ...running.received.secrets },
    // A fresh one replaces another; everything else is the same container come back.
    ...(layer.isFresh ? arrivalOf(running.history, rootsOf(running.loaded, identity)) : {}),
    events: running.events,
    recording: running.received.config.recording,
    secrets: running.secrets,
    currentStep: () => running.history.current,
    platform: {
      setpriv: join(platform, "bin/setpriv"),
      terminfo: join(platform, "share/terminfo"),
      shellIntegration: join(platform, "shell"),
    },
    now: options.now,
    newId: options.newId,
    signal,
    isAlone: options.replace === undefined,
    ...(options.replace?.asIdentity ? { asIdentity: options.replace.asIdentity } : {}),
  });
};

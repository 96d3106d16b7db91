import type {
  BootView,
  CheckpointView,
  DisputeView,
  LeavingView,
  LikelyMove,
  NewQuestion,
  Problem,
  ReplacedView,
  StepView,
  WorkspaceView,
} from "@atelier/contract";
import { type ConnectionClock, type KeptConnection, keepConnected } from "@atelier/ui/connection";
import { dialEvents } from "../api/event-stream.ts";
import { isRefusal, problemOf, RequestFailed } from "../api/problem.ts";
import type { HelpLevel, PageName, StudentClient } from "../api/student-client.ts";
import { strings } from "../strings/en.ts";
import { initialState, reduce, type StudentAction, type StudentState, type TransitionKind } from "./student-state.ts";
import { homeView, mayView, type View } from "./view.ts";

export interface RequestOptions {
  readonly step?: string;
  /** Of `restore`. */
  readonly checkpoint?: string;
  readonly confirmed?: boolean;
}

/** What the page can do. Failures end up in the state, never as rejections. */
export interface StudentSession {
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => StudentState;
  /** Resolves once the first answer about the workspace is here, or has failed to come. */
  start(wanted: View | undefined): Promise<void>;
  /** Shows a page; a step shown is a step entered, where no manager has to move containers for it. */
  show(view: View): void;
  reload(view: View): Promise<void>;
  check(step: string): Promise<void>;
  /** Puts the evidence about the last check together; undefined when that failed. */
  dispute(step: string, note: string): Promise<DisputeView | undefined>;
  complete(step: string): Promise<void>;
  openHelp(step: string, level: HelpLevel): Promise<void>;
  /** Fetches what a question would carry, and the limits. */
  showAskContext(step: string, level: HelpLevel): Promise<void>;
  ask(step: string, question: NewQuestion): Promise<void>;
  /** Ends the answer that is coming. */
  stopAnswer(): void;
  request(kind: TransitionKind, options?: RequestOptions): Promise<void>;
  forgetRequest(): void;
  /** Undefined when that failed. */
  checkpoints(): Promise<readonly CheckpointView[] | undefined>;
  leaving(likely?: LikelyMove): Promise<LeavingView | undefined>;
  replaced(): Promise<ReplacedView | undefined>;
  takeReplaced(unit: string): Promise<ReplacedView | undefined>;
  openTerminal(name?: string): Promise<string | undefined>;
  closeTerminal(name: string): Promise<void>;
  reconnect(): void;
  dismissFailure(): void;
  close(): void;
}

export interface StudentSessionOptions {
  readonly client: StudentClient;
  readonly clock: ConnectionClock;
}

const bootPollMs = 1000;
/** The page is drawn first: what the stream begins with is what the first answer has just said. */
const listenAfterMs = 250;

export const createStudentSession = ({ client, clock }: StudentSessionOptions): StudentSession => {
  let state = initialState;
  let wanted: View | undefined;
  let cancelPoll: (() => void) | undefined;
  let kept: KeptConnection | undefined;
  let answering: AbortController | undefined;
  let hasListened = false;
  let isClosed = false;
  const listeners = new Set<() => void>();

  const dispatch = (action: StudentAction): void => {
    const next = reduce(state, action);
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  };

  const fail = (title: string, error: unknown): void =>
    dispatch({ type: "failure", failure: { title, problem: problemOf(error) } });

  const orFail = <T>(asked: Promise<T>): Promise<T | undefined> =>
    asked.catch((error: unknown) => {
      fail(strings.saved.failed, error);
      return undefined;
    });

  const takeWorkspace = (workspace: WorkspaceView): void => {
    const isOld = state.workspace !== undefined && workspace.contentVersion !== state.workspace.contentVersion;
    const before = state.workspace?.currentStep;
    dispatch({ type: "event", event: { type: "workspace", workspace }, now: clock.now() });
    settleView();
    follow(before);
    if (isOld && state.view !== undefined) startBackground(loadView(state.view));
    watchBoot();
  };

  /** Where the container has been moved on, who reads the step that they worked on goes along. */
  const follow = (before: string | undefined): void => {
    const { workspace, view } = state;
    const step = workspace?.currentStep;
    if (workspace?.transitions !== true || before === undefined || step === undefined || step === before) return;
    if (view?.page !== "step" || view.step !== before) return;
    dispatch({ type: "view", view: { page: "step", step } });
    startBackground(loadStep(step));
  };

  /** The page asked for, once it may be seen; a page that has been locked meanwhile is left. */
  const settleView = (): void => {
    const { workspace, view } = state;
    if (workspace === undefined) return;
    const candidate = view ?? wanted;
    wanted = undefined;
    const next = candidate !== undefined && mayView(candidate, workspace) ? candidate : homeView(workspace);
    if (view === undefined || next !== view) {
      dispatch({ type: "view", view: next });
      startBackground(loadView(next));
    }
  };

  const startBackground = (work: Promise<unknown>): void => {
    // Each task reports its own failure into the state; what arrives here is a bug.
    work.catch((error: unknown) => fail(strings.problem.unexpected, error));
  };

  const loadStep = async (id: string): Promise<StepView | undefined> => {
    if (state.steps[id]?.state !== "ready") dispatch({ type: "step", id, step: { state: "loading" } });
    try {
      const value = await client.step(id);
      dispatch({ type: "step", id, step: { state: "ready", value } });
      return value;
    } catch (error) {
      dispatch({ type: "step", id, step: { state: "failed", problem: problemOf(error) } });
      return undefined;
    }
  };

  const loadAskContext = async (step: string, level: HelpLevel): Promise<void> => {
    if (state.asks[step]?.context?.state !== "ready")
      dispatch({ type: "ask-context", step, context: { state: "loading" } });
    try {
      dispatch({
        type: "ask-context",
        step,
        context: { state: "ready", value: await client.helpContext(step, level) },
      });
    } catch (error) {
      dispatch({ type: "ask-context", step, context: { state: "failed", problem: problemOf(error) } });
    }
  };

  const loadPage = async (name: PageName): Promise<void> => {
    const { workspace, pages } = state;
    const exists = name === "intro" ? workspace?.workshop.hasIntro : workspace?.workshop.hasFinish;
    if (exists !== true || pages[name]?.state === "ready") return;
    dispatch({ type: "page", name, page: { state: "loading" } });
    try {
      dispatch({ type: "page", name, page: { state: "ready", value: await client.page(name) } });
    } catch (error) {
      dispatch({ type: "page", name, page: { state: "failed", problem: problemOf(error) } });
    }
  };

  const loadEverything = async (): Promise<void> => {
    const steps = state.workspace?.steps.filter((step) => step.state !== "locked") ?? [];
    await Promise.all([loadPage("intro"), loadPage("finish"), ...steps.map(({ id }) => loadStep(id))]);
  };

  const loadView = async (view: View): Promise<void> => {
    if (view.page === "step") await loadStep(view.step);
    else if (view.page === "print") await loadEverything();
    else await loadPage(view.page);
  };

  const fetchAll = async (): Promise<void> => {
    try {
      // Side by side, so that the page and its terminals are drawn in one go.
      const [workspace, terminals] = await Promise.all([
        client.workspace(),
        client.terminals().catch((error: unknown) => problemOf(error)),
      ]);
      const { view } = state;
      if (Array.isArray(terminals) && workspace.webTerminal)
        dispatch({ type: "event", event: { type: "terminals", terminals }, now: clock.now() });
      takeWorkspace(workspace);
      if (workspace.currentStep === undefined) enterShown();
      // A page that has only come up by this is being loaded already.
      if (view !== undefined && state.view === view) startBackground(loadView(view));
    } catch (error) {
      if (!isRefusal(error)) watchBoot();
    }
  };

  const terminalsMissing = (): boolean => state.workspace?.webTerminal === true && state.terminals === undefined;

  const takeBoot = (boot: BootView): void =>
    dispatch({ type: "event", event: { type: "boot", boot }, now: clock.now() });

  /** The start is watched by asking, since the event stream may not be up before the server is. */
  const watchBoot = (): void => {
    cancelPoll?.();
    cancelPoll = undefined;
    if (state.boot?.view.phase === "ready" && state.workspace !== undefined && !terminalsMissing()) return;
    if (state.connection.phase === "refused" || state.connection.phase === "closed") return;
    cancelPoll = clock.after(bootPollMs, () => startBackground(pollBoot()));
  };

  const pollBoot = async (): Promise<void> => {
    // The first answer told of the start too.
    if (state.boot?.view.phase === "ready" && !terminalsMissing()) return;
    try {
      const boot = await client.boot();
      takeBoot(boot);
      // Before its settings have come the server refuses the event stream; its back-off need not be sat out.
      if (boot.phase !== "config" && state.connection.phase === "waiting") kept?.retryNow();
      if (state.workspace === undefined || (boot.phase === "ready" && terminalsMissing())) await fetchAll();
    } catch {
      // Nobody answers: the event stream's back-off tells so on the page.
    }
    watchBoot();
  };

  /** What came while nobody listened; between the first answer and the first connection lies a moment only. */
  const catchUp = async (): Promise<void> => {
    const isFirst = !hasListened;
    hasListened = true;
    if (!isFirst || state.workspace === undefined || terminalsMissing()) await fetchAll();
  };

  const listen = (): void => {
    if (!isClosed) kept = connectEvents();
  };

  const connectEvents = (): KeptConnection =>
    keepConnected(
      dialEvents({
        clock,
        probe: () => client.workspace(),
        listen: (event) => {
          if (event.type === "workspace") takeWorkspace(event.workspace);
          else if (event.type === "boot") {
            takeBoot(event.boot);
            if (event.boot.phase === "ready" && terminalsMissing()) startBackground(fetchAll());
          } else dispatch({ type: "event", event, now: clock.now() });
        },
      }),
      clock,
      (connection) => {
        dispatch({ type: "connection", connection });
        if (connection.phase === "live") startBackground(catchUp());
      },
    );

  const transitions = (): boolean => state.workspace?.transitions === true;

  const enter = async (step: string): Promise<void> => {
    try {
      takeWorkspace(await client.enter(step));
    } catch (error) {
      fail(strings.content.failed, error);
    }
  };

  /**
   * A step that is shown is a step that is worked on, where no container is moved for it. Where a manager moves
   * them, that is the first step at the very beginning: it is worked on in the container that there is.
   */
  const enterShown = (): void => {
    const { workspace, view } = state;
    if (workspace === undefined || view?.page !== "step" || workspace.currentStep === view.step) return;
    const begins = workspace.currentStep === undefined && workspace.steps[0]?.id === view.step;
    if (!transitions() || (begins && workspace.role === "student")) startBackground(enter(view.step));
  };

  const sendRequest = async (kind: TransitionKind, { confirmed, ...what }: RequestOptions): Promise<void> => {
    const base = { kind, ...what };
    dispatch({ type: "request", request: { ...base, state: "outstanding" } });
    try {
      const answer = await client.request({
        ...base,
        ...(confirmed === undefined ? {} : { confirmed }),
      });
      if (answer.state === "done") dispatch({ type: "request", request: undefined });
      else if (answer.state !== "outstanding")
        dispatch({
          type: "request",
          request: { ...base, state: answer.state, ...(answer.cause === undefined ? {} : { cause: answer.cause }) },
        });
    } catch (error) {
      const { code, message } = problemOf(error);
      const refused = error instanceof RequestFailed && error.status >= 400 && error.status < 500;
      dispatch({
        type: "request",
        request: { ...base, state: refused ? "refused" : "failed", cause: message, mayInsist: code === "jobs-running" },
      });
    }
  };

  const problemWhileChecking = (error: unknown): Problem | undefined =>
    error instanceof RequestFailed && error.problem.code === "check-running" ? undefined : problemOf(error);

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => state,
    start: (view) => {
      wanted = view;
      // Most pages are opened on a workspace that is ready: its start need not be asked about first.
      const first = fetchAll();
      startBackground(
        first.then(() => {
          if (state.workspace === undefined) listen();
          else clock.after(listenAfterMs, listen);
          return pollBoot();
        }),
      );
      return first;
    },
    show: (view) => {
      const { workspace } = state;
      if (workspace === undefined || !mayView(view, workspace)) return;
      dispatch({ type: "view", view });
      startBackground(loadView(view));
      enterShown();
    },
    reload: loadView,
    check: async (step) => {
      dispatch({ type: "event", event: { type: "check-started", step, trigger: "student" }, now: clock.now() });
      try {
        dispatch({ type: "event", event: { type: "check", check: await client.check(step) }, now: clock.now() });
        takeWorkspace(await client.workspace());
        await loadStep(step);
      } catch (error) {
        const problem = problemWhileChecking(error);
        if (problem !== undefined) dispatch({ type: "check-failed-to-start", step, problem });
      }
    },
    dispute: async (step, note) => {
      try {
        return await client.dispute(step, note);
      } catch (error) {
        fail(strings.dispute.failed, error);
        return undefined;
      }
    },
    complete: async (step) => {
      try {
        dispatch({ type: "step-summary", step: await client.complete(step) });
        takeWorkspace(await client.workspace());
        await loadStep(step);
      } catch (error) {
        fail(strings.check.couldNotStart, error);
      }
    },
    openHelp: async (step, level) => {
      if (state.help[step]?.[level]?.state === "ready") return;
      dispatch({ type: "help", step, level, help: { state: "loading" } });
      try {
        dispatch({ type: "help", step, level, help: { state: "ready", value: await client.help(step, level) } });
      } catch (error) {
        dispatch({ type: "help", step, level, help: { state: "failed", problem: problemOf(error) } });
      }
    },
    showAskContext: (step, level) => loadAskContext(step, level),
    ask: async (step, question) => {
      if (answering !== undefined) return;
      const own = new AbortController();
      answering = own;
      dispatch({ type: "ask-begin", step, question });
      try {
        await client.ask(step, question, {
          signal: own.signal,
          onEvent: (event) => dispatch({ type: "ask-event", step, event }),
        });
      } catch (error) {
        if (own.signal.aborted) dispatch({ type: "ask-event", step, event: { type: "end", outcome: "cancelled" } });
        else {
          const wait = error instanceof RequestFailed ? error.retryAfterSeconds : undefined;
          dispatch({
            type: "ask-refused",
            step,
            problem: problemOf(error),
            ...(wait === undefined ? {} : { retryAt: clock.now() + wait * 1000 }),
          });
        }
      } finally {
        answering = undefined;
      }
      await loadAskContext(step, question.level);
    },
    stopAnswer: () => answering?.abort(),
    request: (kind, options = {}) => sendRequest(kind, options),
    checkpoints: () => orFail(client.checkpoints()),
    // Its dialog says itself that the list is missing.
    leaving: (likely) => client.leaving(likely).catch(() => undefined),
    replaced: () => orFail(client.replaced()),
    takeReplaced: (unit) => orFail(client.takeReplaced(unit)),
    forgetRequest: () => dispatch({ type: "request", request: undefined }),
    openTerminal: async (wanted) => {
      try {
        const { name } = await client.openTerminal(wanted);
        dispatch({
          type: "event",
          event: { type: "terminals", terminals: await client.terminals() },
          now: clock.now(),
        });
        return name;
      } catch (error) {
        fail(strings.terminal.openFailed, error);
        return undefined;
      }
    },
    closeTerminal: async (name) => {
      try {
        await client.closeTerminal(name);
        dispatch({
          type: "event",
          event: { type: "terminals", terminals: await client.terminals() },
          now: clock.now(),
        });
      } catch (error) {
        fail(strings.terminal.closeFailed, error);
      }
    },
    reconnect: () => kept?.retryNow(),
    dismissFailure: () => dispatch({ type: "failure", failure: undefined }),
    close: () => {
      isClosed = true;
      cancelPoll?.();
      kept?.close();
    },
  };
};

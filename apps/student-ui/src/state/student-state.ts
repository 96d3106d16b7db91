import type {
  AskEvent,
  BootView,
  CheckView,
  HelpView,
  LlmContextView,
  NewQuestion,
  PageView,
  Problem,
  QuizView,
  RequestView,
  ServerSentEvent,
  StepSummary,
  StepView,
  TerminalView,
  WorkspaceView,
} from "@atelier/contract";
import { type Connection, notConnected } from "@atelier/ui/connection";
import type { HelpLevel, PageName } from "../api/student-client.ts";
import { type AskState, noQuestions, withAskEvent, withQuestion, withRefusal } from "./ask-state.ts";
import type { View } from "./view.ts";

export type Loadable<T> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly problem: Problem };

export interface CheckState {
  /** Local time at which it began, while it runs. */
  readonly runningSince?: number;
  readonly last?: CheckView;
  /** Why it could not even be started. */
  readonly problem?: Problem;
}

export type TransitionKind = "next" | "goto" | "reset" | "solve" | "extend" | "undo" | "restore";

export interface PendingRequest {
  readonly kind: TransitionKind;
  readonly checkpoint?: string;
  readonly step?: string;
  readonly state: RequestView["state"];
  readonly cause?: string;
  /** It was refused only because the student's own programs run: they may insist. */
  readonly mayInsist?: boolean;
}

/** Everything the page shows. Local times are epoch milliseconds of this browser. */
export interface StudentState {
  readonly connection: Connection;
  readonly boot?: { readonly view: BootView; readonly at: number };
  readonly workspace?: WorkspaceView;
  readonly view?: View;
  readonly steps: Readonly<Record<string, Loadable<StepView>>>;
  readonly pages: Readonly<Partial<Record<PageName, Loadable<PageView>>>>;
  readonly checks: Readonly<Record<string, CheckState>>;
  /** By step, then level. */
  readonly help: Readonly<Record<string, Readonly<Partial<Record<HelpLevel, Loadable<HelpView>>>>>>;
  /** Questions to the model, by step. */
  readonly asks: Readonly<Record<string, AskState>>;
  readonly terminals?: readonly TerminalView[];
  readonly request?: PendingRequest;
  /** The last thing that did not work, until dismissed. */
  readonly failure?: { readonly title: string; readonly problem: Problem };
}

export type StudentAction =
  | { readonly type: "connection"; readonly connection: Connection }
  | { readonly type: "event"; readonly event: ServerSentEvent; readonly now: number }
  | { readonly type: "view"; readonly view: View }
  | { readonly type: "step"; readonly id: string; readonly step: Loadable<StepView> }
  | { readonly type: "step-summary"; readonly step: StepSummary }
  | { readonly type: "page"; readonly name: PageName; readonly page: Loadable<PageView> }
  | { readonly type: "check-failed-to-start"; readonly step: string; readonly problem: Problem }
  | { readonly type: "help"; readonly step: string; readonly level: HelpLevel; readonly help: Loadable<HelpView> }
  | { readonly type: "ask-context"; readonly step: string; readonly context: Loadable<LlmContextView> }
  | { readonly type: "ask-begin"; readonly step: string; readonly question: NewQuestion }
  | { readonly type: "ask-event"; readonly step: string; readonly event: AskEvent }
  | { readonly type: "ask-refused"; readonly step: string; readonly problem: Problem; readonly retryAt?: number }
  | { readonly type: "request"; readonly request: PendingRequest | undefined }
  | { readonly type: "failure"; readonly failure: StudentState["failure"] };

export const initialState: StudentState = {
  connection: notConnected,
  steps: {},
  pages: {},
  checks: {},
  help: {},
  asks: {},
};

const setCheck = (state: StudentState, step: string, check: CheckState): StudentState => ({
  ...state,
  checks: { ...state.checks, [step]: check },
});

const setAsk = (state: StudentState, step: string, ask: AskState): StudentState => ({
  ...state,
  asks: { ...state.asks, [step]: ask },
});

const withCheck = (state: StudentState, check: CheckView): StudentState => {
  const { last, runningSince } = state.checks[check.step] ?? {};
  // The answer to our request and the event tell the same result; an older one must not win.
  const newer = last === undefined || Date.parse(check.at) >= Date.parse(last.at) ? check : last;
  // One that ran by itself is not what the student waits for.
  const isWaiting = check.trigger === "auto" && runningSince !== undefined;
  return setCheck(state, check.step, { last: newer, ...(isWaiting ? { runningSince } : {}) });
};

const withQuiz = (state: StudentState, id: string, quiz: QuizView): StudentState => {
  const step = state.steps[id];
  if (step?.state !== "ready") return state;
  const quizzes = (step.value.quizzes ?? []).map((known) => (known.id === quiz.id ? quiz : known));
  return { ...state, steps: { ...state.steps, [id]: { state: "ready", value: { ...step.value, quizzes } } } };
};

const withWorkspace = (state: StudentState, workspace: WorkspaceView, now: number): StudentState => {
  const { request, ...rest } = state;
  // A request ends when the manager has acted: the view that follows it is the sign we get.
  const settled = request?.state === "outstanding" && workspace !== state.workspace;
  // An author at work replaced texts: what was fetched before is old, but stays until the new ones are here.
  const isOld = workspace.contentVersion !== state.workspace?.contentVersion;
  const next: StudentState = {
    ...(settled || request === undefined ? rest : { ...rest, request }),
    ...(isOld ? { pages: {}, help: {} } : {}),
    workspace,
    boot: { view: workspace.boot, at: now },
  };
  return next;
};

const onEvent = (state: StudentState, event: ServerSentEvent, now: number): StudentState => {
  switch (event.type) {
    case "boot":
      return { ...state, boot: { view: event.boot, at: now } };
    case "workspace":
      return withWorkspace(state, event.workspace, now);
    case "check-started":
      return setCheck(state, event.step, {
        ...(state.checks[event.step]?.last === undefined ? {} : { last: state.checks[event.step]?.last as CheckView }),
        runningSince: state.checks[event.step]?.runningSince ?? now,
      });
    case "check":
      return withCheck(state, event.check);
    case "quiz":
      return withQuiz(state, event.step, event.quiz);
    case "terminals":
      return { ...state, terminals: event.terminals };
  }
};

const withStep = (state: StudentState, id: string, step: Loadable<StepView>): StudentState => {
  const known = state.steps[id];
  // A text already on screen stays while it is fetched again, or when that fails.
  if (step.state !== "ready" && known?.state === "ready") return state;
  const next = { ...state, steps: { ...state.steps, [id]: step } };
  return step.state === "ready" && step.value.lastCheck !== undefined && state.checks[id]?.runningSince === undefined
    ? withCheck(next, step.value.lastCheck)
    : next;
};

const without = <K extends keyof StudentState>(state: StudentState, key: K): StudentState => {
  const { [key]: _removed, ...rest } = state;
  return rest as StudentState;
};

/** The one transition function of the page. */
export const reduce = (state: StudentState, action: StudentAction): StudentState => {
  switch (action.type) {
    case "connection":
      return { ...state, connection: action.connection };
    case "event":
      return onEvent(state, action.event, action.now);
    case "view":
      return { ...state, view: action.view };
    case "step":
      return withStep(state, action.id, action.step);
    case "step-summary":
      return state.workspace === undefined
        ? state
        : {
            ...state,
            workspace: {
              ...state.workspace,
              steps: state.workspace.steps.map((step) => (step.id === action.step.id ? action.step : step)),
            },
          };
    case "page":
      return { ...state, pages: { ...state.pages, [action.name]: action.page } };
    case "check-failed-to-start": {
      const { last } = state.checks[action.step] ?? {};
      return setCheck(state, action.step, { ...(last === undefined ? {} : { last }), problem: action.problem });
    }
    case "help":
      return {
        ...state,
        help: { ...state.help, [action.step]: { ...state.help[action.step], [action.level]: action.help } },
      };
    case "ask-context": {
      const { [action.step]: ask = noQuestions } = state.asks;
      return setAsk(state, action.step, { ...ask, context: action.context });
    }
    case "ask-begin":
      return setAsk(state, action.step, withQuestion(state.asks[action.step] ?? noQuestions, action.question));
    case "ask-event":
      return setAsk(state, action.step, withAskEvent(state.asks[action.step] ?? noQuestions, action.event));
    case "ask-refused":
      return setAsk(state, action.step, withRefusal(state.asks[action.step] ?? noQuestions, action));
    case "request":
      return action.request === undefined ? without(state, "request") : { ...state, request: action.request };
    case "failure":
      return action.failure === undefined ? without(state, "failure") : { ...state, failure: action.failure };
  }
};

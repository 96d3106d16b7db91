import {
  type AskEvent,
  askEventSchema,
  type BootView,
  bootViewSchema,
  type CheckpointView,
  type CheckView,
  checkpointViewSchema,
  checkViewSchema,
  type DisputeView,
  disputeViewSchema,
  evidenceApi,
  fillPath,
  type HelpView,
  helpViewSchema,
  type LeavingView,
  type LikelyMove,
  leavingApi,
  leavingViewSchema,
  type LlmContextView,
  llmContextViewSchema,
  type NewQuestion,
  type NewRequest,
  type PageView,
  pageViewSchema,
  problemSchema,
  type ReplacedView,
  replacedApi,
  replacedViewSchema,
  type RequestView,
  requestViewSchema,
  type StepSummary,
  type StepView,
  stepSummarySchema,
  stepViewSchema,
  studentApi,
  type TerminalView,
  terminalViewSchema,
  type WorkspaceView,
  workspaceViewSchema,
} from "@atelier/contract";
import { readEvents } from "@atelier/ui/connection";
import { z } from "zod";
import { strings } from "../strings/en.ts";
import { RequestFailed } from "./problem.ts";

export type HelpLevel = HelpView["level"];
export type PageName = "intro" | "finish";

/** The student API as calls. Every call throws {@link RequestFailed}. */
export interface StudentClient {
  boot(): Promise<BootView>;
  workspace(): Promise<WorkspaceView>;
  step(id: string): Promise<StepView>;
  page(page: PageName): Promise<PageView>;
  check(step: string): Promise<CheckView>;
  dispute(step: string, note: string): Promise<DisputeView>;
  complete(step: string): Promise<StepSummary>;
  enter(step: string): Promise<WorkspaceView>;
  help(step: string, level: HelpLevel): Promise<HelpView>;
  helpContext(step: string, level: HelpLevel): Promise<LlmContextView>;
  /** Asks and tells what comes as it comes; ends after `end`. */
  ask(step: string, question: NewQuestion, options: AskOptions): Promise<void>;
  request(request: NewRequest): Promise<RequestView>;
  checkpoints(): Promise<CheckpointView[]>;
  /** @param likely what is about to be asked for: it may be prepared meanwhile */
  leaving(likely?: Partial<LikelyMove>): Promise<LeavingView>;
  replaced(): Promise<ReplacedView>;
  takeReplaced(unit: string): Promise<ReplacedView>;
  terminals(): Promise<TerminalView[]>;
  openTerminal(name?: string): Promise<TerminalView>;
  closeTerminal(name: string): Promise<void>;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: AskEvent) => void;
}

interface Call<T> {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly answer: z.ZodType<T>;
}

const readProblem = async (response: Response): Promise<RequestFailed> => {
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined));
  return new RequestFailed(
    response.status,
    parsed.data ?? {
      code: `http-${response.status}`,
      message: `${strings.problem.unexpected} (${response.status})`,
      fields: [],
    },
    { retryAfterSeconds: Number(response.headers.get("retry-after")) || undefined },
  );
};

/** A client over `fetch`; it is handed in so that tests need no network. */
export const createStudentClient = (fetchIt: typeof fetch): StudentClient => {
  const call = async <T>(path: string, { method = "GET", body, timeoutMs = 15_000, answer }: Call<T>): Promise<T> => {
    let response: Response;
    try {
      response = await fetchIt(path, {
        method,
        credentials: "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(timeoutMs),
        headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new RequestFailed(0, { code: "unreachable", message: strings.problem.network, fields: [] }, { cause });
    }
    if (!response.ok) throw await readProblem(response);
    const json: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
    const parsed = answer.safeParse(json);
    if (!parsed.success)
      throw new RequestFailed(
        response.status,
        { code: "unexpected-answer", message: strings.problem.unexpected, fields: [] },
        { cause: parsed.error },
      );
    return parsed.data;
  };
  const post = <T>(path: string, answer: z.ZodType<T>, body: unknown = {}): Promise<T> =>
    call(path, { method: "POST", body, answer });

  return {
    boot: () => call(studentApi.boot, { answer: bootViewSchema, timeoutMs: 5000 }),
    workspace: () => call(studentApi.workspace, { answer: workspaceViewSchema }),
    step: (id) => call(fillPath(studentApi.step, { id }), { answer: stepViewSchema }),
    page: (page) => call(fillPath(studentApi.page, { page }), { answer: pageViewSchema }),
    // The server holds the deadline of a check; this only guards against a connection that never ends.
    check: (id) =>
      call(fillPath(studentApi.check, { id }), {
        method: "POST",
        body: {},
        timeoutMs: 600_000,
        answer: checkViewSchema,
      }),
    dispute: (id, note) => post(fillPath(evidenceApi.dispute, { id }), disputeViewSchema, { note }),
    complete: (id) => post(fillPath(studentApi.complete, { id }), stepSummarySchema),
    enter: (id) => post(fillPath(studentApi.enter, { id }), workspaceViewSchema),
    help: (id, level) => call(fillPath(studentApi.help, { id, level }), { answer: helpViewSchema }),
    helpContext: (id, level) =>
      call(`${fillPath(studentApi.helpContext, { id })}?level=${level}`, { answer: llmContextViewSchema }),
    ask: async (id, question, { signal, onEvent }) => {
      const lost = (cause: unknown): RequestFailed =>
        new RequestFailed(0, { code: "unreachable", message: strings.problem.network, fields: [] }, { cause });
      const response = await fetchIt(fillPath(studentApi.ask, { id }), {
        method: "POST",
        credentials: "same-origin",
        cache: "no-store",
        // The server holds the deadlines of a question; this only guards against a connection that never ends.
        signal: AbortSignal.any([signal, AbortSignal.timeout(300_000)]),
        headers: { accept: "text/event-stream", "content-type": "application/json" },
        body: JSON.stringify(question),
      }).catch((cause: unknown) => Promise.reject(lost(cause)));
      if (!response.ok) throw await readProblem(response);
      try {
        for await (const { type, data } of response.body === null ? [] : readEvents(response.body)) {
          const parsed = askEventSchema.safeParse({ ...(JSON.parse(data) as object), type });
          if (!parsed.success) continue;
          onEvent(parsed.data);
          if (parsed.data.type === "end") return;
        }
      } catch (cause) {
        throw lost(cause);
      }
      throw lost(new Error("the answer has no end"));
    },
    request: (request) => post(studentApi.requests, requestViewSchema, request),
    checkpoints: () => call(studentApi.checkpoints, { answer: z.array(checkpointViewSchema) }),
    leaving: ({ kind, step } = {}) => {
      const query = new URLSearchParams(
        Object.entries({ kind, step }).filter((pair): pair is [string, string] => pair[1] !== undefined),
      );
      return call(`${leavingApi.leaving}${query.size === 0 ? "" : `?${query}`}`, {
        answer: leavingViewSchema,
        timeoutMs: 60_000,
      });
    },
    replaced: () => call(replacedApi.replaced, { answer: replacedViewSchema, timeoutMs: 60_000 }),
    takeReplaced: (unit) =>
      call(replacedApi.replaced, { method: "POST", body: { unit }, answer: replacedViewSchema, timeoutMs: 60_000 }),
    terminals: () => call(studentApi.terminals, { answer: z.array(terminalViewSchema) }),
    openTerminal: (name) => post(studentApi.terminals, terminalViewSchema, name === undefined ? {} : { name }),
    closeTerminal: (name) => call(fillPath(studentApi.terminal, { name }), { method: "DELETE", answer: z.undefined() }),
  };
};

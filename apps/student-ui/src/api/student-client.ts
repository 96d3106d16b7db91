import {
  type BootView,
  bootViewSchema,
  type CheckView,
  checkViewSchema,
  type HelpView,
  helpViewSchema,
  type NewRequest,
  type PageView,
  pageViewSchema,
  problemSchema,
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
  complete(step: string): Promise<StepSummary>;
  enter(step: string): Promise<WorkspaceView>;
  help(step: string, level: HelpLevel): Promise<HelpView>;
  request(request: NewRequest): Promise<RequestView>;
  terminals(): Promise<TerminalView[]>;
  openTerminal(): Promise<TerminalView>;
  closeTerminal(name: string): Promise<void>;
}

/** A path of `contract/http` with its `:names` filled in. */
export const fillPath = (template: string, values: Readonly<Record<string, string>> = {}): string =>
  template.replace(/:([a-z]+)/g, (_whole, name: string) => encodeURIComponent(values[name] ?? ""));

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
      throw new RequestFailed(0, { code: "unreachable", message: strings.problem.network, fields: [] }, cause);
    }
    if (!response.ok) throw await readProblem(response);
    const json: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
    const parsed = answer.safeParse(json);
    if (!parsed.success)
      throw new RequestFailed(
        response.status,
        { code: "unexpected-answer", message: strings.problem.unexpected, fields: [] },
        parsed.error,
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
    complete: (id) => post(fillPath(studentApi.complete, { id }), stepSummarySchema),
    enter: (id) => post(fillPath(studentApi.enter, { id }), workspaceViewSchema),
    help: (id, level) => call(fillPath(studentApi.help, { id, level }), { answer: helpViewSchema }),
    request: (request) => post(studentApi.requests, requestViewSchema, request),
    terminals: () => call(studentApi.terminals, { answer: z.array(terminalViewSchema) }),
    openTerminal: () => post(studentApi.terminals, terminalViewSchema),
    closeTerminal: (name) => call(fillPath(studentApi.terminal, { name }), { method: "DELETE", answer: z.undefined() }),
  };
};

import {
  type BootView,
  type CheckpointView,
  type CheckView,
  type DisputeView,
  evidenceApi,
  type HelpView,
  helpLevelSchema,
  leavingApi,
  type LikelyMove,
  likelyMoveSchema,
  type LeavingView,
  type LlmContextView,
  type NewQuestion,
  newDisputeSchema,
  newQuestionSchema,
  newRequestSchema,
  newTakeSchema,
  type PageView,
  type Problem,
  type ReplacedView,
  replacedApi,
  type RequestView,
  type StepView,
  type TerminalView,
  type WorkspaceView,
} from "@atelier/contract";
import { type AppError, isAppError } from "@atelier/domain";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";
import {
  type AccessRequest,
  type AccessRules,
  instructorCookieName,
  isAllowedHost,
  isAllowedOrigin,
  roleOf,
  roleOfToken,
  safeReturnPath,
} from "./access.ts";
import type { ContentService } from "../content/content-service.ts";
import type { StudentDisk } from "../files/open-student-disk.ts";
import { addContentRoutes } from "./content-routes.ts";
import { addFileRoutes } from "./file-routes.ts";
import { fileStatuses } from "./file-statuses.ts";
import { addInstructorRoutes } from "../instructor/instructor-routes.ts";
import type { InstructorService } from "../instructor/instructor-service.ts";
import type { PresenceList } from "../instructor/presence.ts";
import type { EventStream } from "./event-stream.ts";
import { createByteSender } from "./send-bytes.ts";
import { contentHeaders, headersFor } from "./security-headers.ts";
import { readBelow, readBundled } from "./serve-file.ts";

export type ViewerRole = "student" | "instructor";

/** What the routes call. One method per route; routes hold no rules of their own. */
export interface StudentService {
  boot(): BootView;
  workspace(role: ViewerRole): WorkspaceView;
  step(id: string): Promise<StepView>;
  page(page: "intro" | "finish"): Promise<PageView>;
  check(id: string, by: ViewerRole): Promise<CheckView>;
  dispute(id: string, note: string): Promise<DisputeView>;
  /** Text of the evidence. */
  evidence(id: string): Promise<string>;
  complete(id: string): Promise<WorkspaceView["steps"][number]>;
  enter(id: string, by: ViewerRole): WorkspaceView;
  help(id: string, level: "hints" | "explain" | "solve"): Promise<HelpView>;
  helpContext(id: string, level: HelpView["level"]): Promise<LlmContextView>;
  /** The events of the answer, as the body of an event stream. */
  ask(id: string, question: NewQuestion): Promise<ReadableStream<Uint8Array>>;
  request(request: z.infer<typeof newRequestSchema>, by: ViewerRole): RequestView;
  checkpoints(): Promise<readonly CheckpointView[]>;
  leaving(likely: LikelyMove | undefined): Promise<LeavingView>;
  replaced(): Promise<ReplacedView>;
  take(unit: string): Promise<ReplacedView>;
  terminals(): readonly TerminalView[];
  openTerminal(name: string | undefined): Promise<TerminalView>;
  closeTerminal(name: string): Promise<void>;
  readonly content: ContentService;
  readonly disk: StudentDisk;
}

export interface AppOptions {
  /** Absent until the configuration has arrived: only the boot phase is served then. */
  readonly rules: () => AccessRules | undefined;
  /** Absent until the lease is held. */
  readonly service: () => StudentService | undefined;
  readonly boot: () => BootView;
  readonly events: EventStream;
  readonly uiFolder: string;
  /** What instructors see; absent until the lease is held. */
  readonly instructor: () => InstructorService | undefined;
  readonly instructorFolder: string;
  readonly presence: PresenceList;
  readonly contentFolder: () => string;
  readonly onError: (error: unknown) => void;
  /** A student's page has had something done: their files may have changed, without any terminal. */
  readonly onWork: () => void;
}

export type AppVariables = { role: ViewerRole };
type AppContext = Context<{ Variables: AppVariables }>;

/** Status of a code; everything else is 500. */
const statuses: Readonly<Record<string, ContentfulStatusCode>> = {
  "not-found": 404,
  "no-llm": 404,
  "rate-limited": 429,
  "spend-limit": 403,
  "ask-running": 409,
  "no-such-terminal": 404,
  "no-check": 404,
  "step-locked": 403,
  "has-check": 409,
  "check-running": 409,
  "step-changed": 409,
  "not-checked": 409,
  "jobs-running": 409,
  "terminal-exists": 409,
  "too-many-terminals": 429,
  "no-manager": 503,
  "terminal-off": 403,
  "not-ready": 503,
  "bad-request": 400,
  "checkpoint-gone": 410,
  "file-differs": 409,
  "not-saved": 422,
  "bad-value": 422,
  ...fileStatuses,
  "too-soon": 429,
};

const problem = (
  context: AppContext,
  status: ContentfulStatusCode,
  body: Omit<Problem, "fields"> & { fields?: Problem["fields"] },
): Response => context.json({ fields: [], ...body }, status);

export const accessRequestOf = (
  method: string,
  headers: { get(name: string): string | null | undefined },
): AccessRequest => ({
  method,
  host: headers.get("host") ?? undefined,
  origin: headers.get("origin") ?? undefined,
  cookie: headers.get("cookie") ?? undefined,
  authorization: headers.get("authorization") ?? undefined,
});

/** The student's HTTP surface, without the upgrades. See `contract/http/student-paths.ts`. */
export const createApp = (options: AppOptions): Hono<{ Variables: AppVariables }> => {
  const app = new Hono<{ Variables: AppVariables }>();

  app.use(async (context, next) => {
    const rules = options.rules();
    for (const [name, value] of Object.entries(headersFor(rules?.previewAddress))) context.header(name, value);
    if (rules === undefined) {
      // Nobody may be told anything yet but that we wait for the configuration.
      return context.req.path === "/api/boot"
        ? next()
        : problem(context, 503, { code: "not-ready", message: "The workspace waits for its configuration." });
    }
    const request = accessRequestOf(context.req.method, context.req.raw.headers);
    if (!isAllowedHost(request, rules))
      return problem(context, 421, {
        code: "wrong-host",
        message: "This host is not one of this workspace's.",
        hint: "Open the address that `atelier open` prints.",
      });
    const isChange = !["GET", "HEAD"].includes(context.req.method);
    if (!isAllowedOrigin(request, rules, isChange ? "change" : "read"))
      return problem(context, 403, { code: "wrong-origin", message: "Requests from this origin are refused." });
    await next();
    if (isChange && context.get("role") === "student") options.onWork();
    return undefined;
  });

  app.get("/api/boot", (context) => context.json(options.boot()));

  app.get("/login", (context) => {
    const rules = options.rules();
    const token = context.req.query("token") ?? "";
    const role = rules && roleOfToken(token, rules.tokens);
    if (rules === undefined || role === undefined || role === "control")
      return problem(context, 401, {
        code: "wrong-token",
        message: "This link is not valid (any more).",
        hint: "Get a new one with `atelier open`.",
      });
    const cookie = role === "instructor" ? instructorCookieName(rules.cookieName) : rules.cookieName;
    context.header("Set-Cookie", `${cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`);
    context.header("Cache-Control", "no-store");
    return context.redirect(safeReturnPath(context.req.query("to")), 303);
  });

  const tooLong = (context: AppContext): Response =>
    problem(context, 413, { code: "too-long", message: "The request is too long." });

  // The page itself is public: it shows how to log in when nobody is.
  const page = async (context: AppContext): Promise<Response> => {
    const path = context.req.path === "/" ? "/index.html" : context.req.path;
    const file = await readBundled(options.uiFolder, path, context.req.header("accept-encoding"));
    if (file === undefined) return problem(context, 404, { code: "not-found", message: "There is nothing here." });
    context.header("Content-Type", file.type);
    context.header("Vary", "Accept-Encoding");
    if (file.encoding) context.header("Content-Encoding", file.encoding);
    context.header("Cache-Control", path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    return context.body(file.body);
  };
  app.get("/", page);
  app.get("/assets/*", page);
  app.get("/favicon.svg", page);

  const sendBytes = createByteSender(options.onError);
  addInstructorRoutes(app, {
    sendBytes,
    rules: options.rules,
    service: options.instructor,
    accessRequest: (context) => accessRequestOf(context.req.method, context.req.raw.headers),
    uiFolder: options.instructorFolder,
    problem,
  });

  app.use(async (context, next) => {
    const rules = options.rules();
    const role = rules && roleOf(accessRequestOf(context.req.method, context.req.raw.headers), rules);
    if (role !== "student" && role !== "instructor")
      return problem(context, 401, {
        code: "not-logged-in",
        message: "You are not logged in to this workspace.",
        hint: "Open the link that `atelier open` prints.",
      });
    context.set("role", role);
    return next();
  });

  const ready = (): StudentService => {
    const service = options.service();
    if (service === undefined) throw Object.assign(new Error("not ready"), { isNotReady: true });
    return service;
  };

  app.get("/api/workspace", (context) => context.json(ready().workspace(context.get("role"))));
  app.get("/api/steps/:id", async (context) => context.json(await ready().step(context.req.param("id"))));
  app.get("/api/pages/:page", async (context) =>
    context.json(await ready().page(z.enum(["intro", "finish"]).parse(context.req.param("page")))),
  );
  app.post("/api/steps/:id/check", async (context) =>
    context.json(await ready().check(context.req.param("id"), context.get("role"))),
  );
  app.post(evidenceApi.dispute, bodyLimit({ maxSize: 64 * 1024, onError: tooLong }), async (context) => {
    const { note = "" } = newDisputeSchema.parse(await context.req.json());
    return context.json(await ready().dispute(context.req.param("id"), note), 201);
  });
  app.get(evidenceApi.evidence, async (context) => {
    const id = context.req.param("id");
    const text = await ready().evidence(id);
    context.header("Content-Type", "application/json; charset=utf-8");
    context.header("Content-Disposition", `attachment; filename="check-evidence-${id}.json"`);
    context.header("Cache-Control", "no-store");
    return context.body(text);
  });
  app.post("/api/steps/:id/complete", async (context) => context.json(await ready().complete(context.req.param("id"))));
  app.post("/api/steps/:id/enter", (context) =>
    context.json(ready().enter(context.req.param("id"), context.get("role"))),
  );
  app.get("/api/steps/:id/help/context", async (context) =>
    context.json(
      await ready().helpContext(context.req.param("id"), helpLevelSchema.parse(context.req.query("level") ?? "hints")),
    ),
  );
  app.post("/api/steps/:id/ask", bodyLimit({ maxSize: 64 * 1024, onError: tooLong }), async (context) => {
    const question = newQuestionSchema.parse(await context.req.json());
    const body = await ready().ask(context.req.param("id"), question);
    streamHeaders(context);
    return context.body(body);
  });
  app.get("/api/steps/:id/help/:level", async (context) =>
    context.json(
      await ready().help(
        context.req.param("id"),
        z.enum(["hints", "explain", "solve"]).parse(context.req.param("level")),
      ),
    ),
  );
  app.post("/api/requests", async (context) =>
    context.json(ready().request(newRequestSchema.parse(await context.req.json()), context.get("role")), 202),
  );
  app.get("/api/checkpoints", async (context) => context.json(await ready().checkpoints()));
  app.get(leavingApi.leaving, async (context) =>
    context.json(
      await ready().leaving(
        context.req.query("kind") === undefined ? undefined : likelyMoveSchema.parse(context.req.query()),
      ),
    ),
  );
  app.get(replacedApi.replaced, async (context) => context.json(await ready().replaced()));
  app.post(replacedApi.replaced, bodyLimit({ maxSize: 16 * 1024 }), async (context) =>
    context.json(await ready().take(newTakeSchema.parse(await context.req.json()).unit)),
  );
  app.get("/api/terminals", (context) => context.json(ready().terminals()));
  app.post("/api/terminals", async (context) => {
    const text = await context.req.text();
    const { name } = z
      .object({
        name: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
          .optional(),
      })
      .parse(text === "" ? {} : JSON.parse(text));
    return context.json(await ready().openTerminal(name), 201);
  });
  app.delete("/api/terminals/:name", async (context) => {
    await ready().closeTerminal(context.req.param("name"));
    return context.body(null, 204);
  });
  addContentRoutes(app, () => ready().content);
  addFileRoutes(app, { disk: () => ready().disk, sendBytes });
  app.get("/api/events", (context) => {
    // Nobody reads the body of a HEAD: it would stay open for good.
    if (context.req.method === "HEAD") return context.body(null);
    const role = context.get("role");
    const service = options.service();
    const body = options.events.open(
      context.req.header("last-event-id"),
      () => [
        { type: "boot", boot: options.boot() },
        ...(service
          ? [
              { type: "workspace" as const, workspace: service.workspace(role) },
              { type: "terminals" as const, terminals: [...service.terminals()] },
            ]
          : []),
      ],
      options.presence.enter(role),
    );
    streamHeaders(context);
    return context.body(body);
  });
  app.get("/content/*", async (context) => {
    const path = context.req.path.slice("/content".length);
    const isAsset = /^\/assets\/./.test(path) || /^\/steps\/[a-z0-9-]+\/assets\/./.test(path);
    const file = isAsset ? await readBelow(options.contentFolder(), path) : undefined;
    if (file === undefined) return problem(context, 404, { code: "not-found", message: "There is no such file." });
    for (const [name, value] of Object.entries(contentHeaders)) context.header(name, value);
    context.header("Content-Type", file.type);
    context.header("Cache-Control", "no-cache");
    return context.body(file.body);
  });

  app.notFound((context) => problem(context, 404, { code: "not-found", message: "There is nothing here." }));
  app.onError((error, context) => {
    if ("retryAfterSeconds" in error) context.header("Retry-After", String(error.retryAfterSeconds));
    if (isAppError(error)) return problem(context, statuses[error.code] ?? 500, asProblem(error));
    if ("isNotReady" in error)
      return problem(context, 503, { code: "not-ready", message: "The workspace is still starting." });
    if (error instanceof z.ZodError)
      return problem(context, 400, {
        code: "bad-request",
        message: "The request does not fit.",
        fields: error.issues.map((issue) => ({
          path: issue.path.join("."),
          message: issue.message,
          remedy: "See docs/reference for the shape.",
        })),
      });
    if (error instanceof SyntaxError)
      return problem(context, 400, { code: "bad-request", message: "The body is not JSON." });
    options.onError(error);
    return problem(context, 500, { code: "internal", message: "Something went wrong in the workspace server." });
  });
  return app;
};

const streamHeaders = (context: AppContext): void => {
  context.header("Content-Type", "text/event-stream; charset=utf-8");
  context.header("Cache-Control", "no-cache, no-transform");
  context.header("X-Accel-Buffering", "no");
};

const asProblem = ({ code, message, hint }: AppError): Omit<Problem, "fields"> => ({
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});

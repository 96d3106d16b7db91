import { Readable } from "node:stream";
import { instructorApi, type Problem } from "@atelier/contract";
import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type AccessRequest, type AccessRules, isInstructor } from "../http/access.ts";
import type { SendBytes } from "../http/send-bytes.ts";
import { readBundled } from "../http/serve-file.ts";
import { addRecordingRoutes } from "../playback/recording-routes.ts";
import type { InstructorService } from "./instructor-service.ts";

// biome-ignore lint/suspicious/noExplicitAny: the routes use none of the app's own variables.
type AnyContext = Context<any>;

export interface InstructorRoutes {
  readonly rules: () => AccessRules | undefined;
  /** Absent until the lease is held. */
  readonly service: () => InstructorService | undefined;
  readonly accessRequest: (context: AnyContext) => AccessRequest;
  readonly uiFolder: string;
  readonly sendBytes: SendBytes;
  readonly problem: (context: AnyContext, status: ContentfulStatusCode, body: Omit<Problem, "fields">) => Response;
}

/** Adds the instructor's surface. Host and Origin have been checked by then; see `contract/http/instructor-api.ts`. */
// biome-ignore lint/suspicious/noExplicitAny: the routes use none of the app's own variables.
export const addInstructorRoutes = (app: Hono<any>, options: InstructorRoutes): void => {
  const { problem } = options;
  const notFound = (context: AnyContext): Response =>
    problem(context, 404, { code: "not-found", message: "There is nothing here." });

  // The page itself is public: it shows how to get in.
  const page = async (context: AnyContext): Promise<Response> => {
    const path = context.req.path.slice("/instructor".length);
    const file = await readBundled(
      options.uiFolder,
      path === "/" ? "/index.html" : path,
      context.req.header("accept-encoding"),
    );
    if (file === undefined) return notFound(context);
    context.header("Content-Type", file.type);
    context.header("Vary", "Accept-Encoding");
    if (file.encoding) context.header("Content-Encoding", file.encoding);
    context.header("Cache-Control", path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
    return context.body(file.body);
  };
  app.get("/instructor", (context) => context.redirect(instructorApi.page, 308));
  app.get(instructorApi.page, page);
  app.get("/instructor/assets/*", page);
  app.get("/instructor/favicon.svg", page);

  app.use("/api/instructor/*", async (context, next) => {
    const rules = options.rules();
    if (rules === undefined || !isInstructor(options.accessRequest(context), rules))
      return problem(context, 401, {
        code: "not-logged-in",
        message: "You are not logged in as an instructor of this workspace.",
        hint: "Open the link that `atelier instructor` prints.",
      });
    context.header("Cache-Control", "no-store");
    return next();
  });

  const ready = (): InstructorService => {
    const service = options.service();
    if (service === undefined) throw Object.assign(new Error("not ready"), { isNotReady: true });
    return service;
  };

  app.get(instructorApi.events, (context) => {
    // Nobody reads the body of a HEAD: it would stay open for good.
    if (context.req.method === "HEAD") return context.body(null);
    // A page that dials again by itself cannot send the header.
    const body = ready().follow(context.req.header("last-event-id") ?? context.req.query("after"));
    context.header("Content-Type", "text/event-stream; charset=utf-8");
    context.header("Cache-Control", "no-cache, no-transform");
    context.header("X-Accel-Buffering", "no");
    return context.body(body);
  });

  addRecordingRoutes(app, instructorApi, { library: () => ready().recordings, sendBytes: options.sendBytes });

  app.get(instructorApi.export, (context) => {
    const session = ready().export();
    if (session === undefined) return notFound(context);
    context.header("Content-Type", "application/gzip");
    context.header("Content-Disposition", `attachment; filename="${session.name}"`);
    return options.sendBytes(context, context.req.method === "HEAD" ? Readable.from([]) : session.open());
  });
};

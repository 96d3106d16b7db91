import { Readable } from "node:stream";
import { instructorApi, type Problem } from "@atelier/contract";
import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type AccessRequest, type AccessRules, isInstructor } from "../http/access.ts";
import { readBundled } from "../http/serve-file.ts";
import { byteRangeOf } from "./byte-range.ts";
import { closeAll, type InstructorService } from "./instructor-service.ts";
import { joinParts } from "./join-parts.ts";
import { instructorPageHeaders } from "./page-headers.ts";

// biome-ignore lint/suspicious/noExplicitAny: the routes use none of the app's own variables.
type AnyContext = Context<any>;

export interface InstructorRoutes {
  readonly rules: () => AccessRules | undefined;
  /** Absent until the lease is held. */
  readonly service: () => InstructorService | undefined;
  readonly accessRequest: (context: AnyContext) => AccessRequest;
  readonly uiFolder: string;
  readonly problem: (context: AnyContext, status: ContentfulStatusCode, body: Omit<Problem, "fields">) => Response;
}

const castType = "application/x-asciicast";

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
    for (const [name, value] of Object.entries(instructorPageHeaders)) context.header(name, value);
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

  app.get(instructorApi.recordings, async (context) => context.json(await ready().recordings()));

  app.get(instructorApi.recording, async (context) => {
    const { name, parts } = await ready().openRecording(context.req.param("id"));
    context.header("Content-Type", castType);
    context.header("Content-Disposition", `attachment; filename="${name}"`);
    if (parts.length === 1 && parts[0]) return sendFile(context, parts[0].file);
    if (context.req.method === "HEAD") {
      await closeAll(parts.map(({ file }) => file));
      return context.body(null);
    }
    const text = Readable.from(joinParts(parts));
    text.once("close", () => {
      closeAll(parts.map(({ file }) => file)).catch(() => undefined);
    });
    return context.body(Readable.toWeb(text) as ReadableStream<Uint8Array>);
  });

  app.get(instructorApi.export, (context) => {
    const session = ready().export();
    if (session === undefined) return notFound(context);
    context.header("Content-Type", "application/gzip");
    context.header("Content-Disposition", `attachment; filename="${session.name}"`);
    if (context.req.method === "HEAD") {
      session.body.destroy();
      return context.body(null);
    }
    return context.body(Readable.toWeb(session.body) as ReadableStream<Uint8Array>);
  });

  app.get(instructorApi.recordingPart, async (context) => {
    const { parts } = await ready().openRecording(context.req.param("id"));
    const wanted = parts[Number(context.req.param("part")) - 1];
    await closeAll(parts.flatMap(({ file }) => (file === wanted?.file ? [] : [file])));
    if (wanted === undefined) return notFound(context);
    context.header("Content-Type", castType);
    return sendFile(context, wanted.file);
  });
};

/** A file as it is now, or the piece of it that is asked for. Closes it. */
const sendFile = async (context: AnyContext, file: import("node:fs/promises").FileHandle): Promise<Response> => {
  const { size } = await file.stat();
  const range = byteRangeOf(context.req.header("range"), size);
  context.header("Accept-Ranges", "bytes");
  if (range === "none") {
    await file.close();
    context.header("Content-Range", `bytes */${size}`);
    return context.body(null, 416);
  }
  const { start, end } = range === "whole" ? { start: 0, end: size - 1 } : range;
  context.header("Content-Length", String(end - start + 1));
  if (range !== "whole") context.header("Content-Range", `bytes ${start}-${end}/${size}`);
  const status = range === "whole" ? 200 : 206;
  if (size === 0 || context.req.method === "HEAD") {
    await file.close();
    return context.body(null, status);
  }
  return context.body(Readable.toWeb(file.createReadStream({ start, end })) as ReadableStream<Uint8Array>, status);
};

import { posix } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { filesApi, newFolderSchema, playbackApi, removeSchema, renameSchema } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { Context, Hono } from "hono";
import type { StudentDisk } from "../files/open-student-disk.ts";
import { addRecordingRoutes } from "../playback/recording-routes.ts";
import type { AppVariables } from "./app.ts";
import type { SendBytes } from "./send-bytes.ts";

type AppContext = Context<{ Variables: AppVariables }>;

/** The student's files. Whatever is in them, a browser gets it as a download and nothing runs. */
const byteHeaders = {
  "Content-Type": "application/octet-stream",
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "X-Content-Type-Options": "nosniff",
  "Cache-Control": "no-store",
} as const;

export interface FileRoutes {
  readonly disk: () => StudentDisk;
  readonly sendBytes: SendBytes;
}

export const addFileRoutes = (app: Hono<{ Variables: AppVariables }>, { disk, sendBytes }: FileRoutes): void => {
  const files = (): StudentDisk["files"] => disk().files;
  const work = (): StudentDisk["work"] => disk().work;
  const path = (context: AppContext): string => {
    const given = context.req.query("path");
    if (given === undefined || given === "") throw new AppError("bad-request", "Which file? Its path is missing.");
    return given;
  };
  const send = (context: AppContext, bytes: Readable, headers: Readonly<Record<string, string>>): Response => {
    for (const [name, value] of Object.entries({ ...byteHeaders, ...headers })) context.header(name, value);
    return sendBytes(context, bytes);
  };
  // An instructor watches; the files are the student's.
  app.use("/api/files/*", ownOnly);
  app.use("/api/work/*", ownOnly);

  app.get(filesApi.list, ownOnly, async (context) => context.json(await files().list(context.req.query("path"))));
  app.get(filesApi.content, async (context) => {
    const download = context.req.query("download") !== undefined;
    const { size, etag, bytes } = await files().read(path(context), { whole: download });
    return send(context, bytes, {
      "Content-Length": String(size),
      ETag: `"${etag}"`,
      ...(download ? { "Content-Disposition": attachment(posix.basename(path(context))) } : {}),
    });
  });
  app.put(filesApi.content, async (context) => {
    const { body, signal } = context.req.raw;
    const input = body === null ? Readable.from([]) : Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
    const { entry, etag } = await files().write(path(context), input, {
      etag: /^"([\w-]+)"$/.exec(context.req.header("if-match") ?? "")?.[1],
      fresh: context.req.header("if-none-match") === "*",
      signal,
    });
    context.header("ETag", `"${etag}"`);
    return context.json(entry);
  });
  app.post(filesApi.folder, async (context) =>
    context.json(await files().makeFolder(newFolderSchema.parse(await context.req.json()).path), 201),
  );
  app.post(filesApi.rename, async (context) => {
    const { from, to } = renameSchema.parse(await context.req.json());
    return context.json(await files().rename(from, to));
  });
  app.post(filesApi.remove, async (context) => {
    await files().remove(removeSchema.parse(await context.req.json()).path);
    return context.body(null, 204);
  });
  app.get(filesApi.archive, async (context) => {
    const folder = path(context);
    return send(context, zipped(await files().archive(folder)), {
      "Content-Type": "application/gzip",
      "Content-Disposition": attachment(`${posix.basename(folder).replace(/^~?$/, "home")}.tar.gz`),
    });
  });
  app.get(filesApi.work, ownOnly, async (context) => context.json(await work().view()));
  app.get(filesApi.workArchive, async (context) =>
    // A head alone is not worth a look at all the files.
    send(context, context.req.method === "HEAD" ? Readable.from([]) : await work().archive(), {
      "Content-Type": "application/gzip",
      "Content-Disposition": attachment(work().archiveName),
    }),
  );
  addRecordingRoutes(app, playbackApi, { library: () => disk().recordings, sendBytes });
  app.get(playbackApi.timeline, async (context) => context.json(await disk().timeline()));
};

const ownOnly = async (context: AppContext, next: () => Promise<void>): Promise<void> => {
  if (context.get("role") !== "student")
    throw new AppError("not-yours", "These files belong to the student.", {
      hint: "`atelier export` has the record of a workspace.",
    });
  await next();
};

/** With either end the other one ends, with its error. */
const zipped = (bytes: Readable): Readable => {
  const output = createGzip();
  pipeline(bytes, output, () => {});
  return output;
};

/** A name as it may stand in a header, in both spellings browsers know. */
const attachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\w.()+ -]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`;

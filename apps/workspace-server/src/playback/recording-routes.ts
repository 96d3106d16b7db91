import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import type { Context, Hono } from "hono";
import { byteRangeOf } from "./byte-range.ts";
import { joinParts } from "./join-parts.ts";
import type { OpenedRecording, RecordingLibrary } from "./recording-library.ts";

// biome-ignore lint/suspicious/noExplicitAny: the routes use none of the app's own variables.
type AnyContext = Context<any>;

/** Where a surface has its recordings; `:id` and `:part` are those of `RecordingView`. */
export interface RecordingPaths {
  readonly recordings: string;
  readonly recording: `${string}/:id`;
  readonly recordingPart: `${string}/:id/parts/:part`;
}

const castType = "application/x-asciicast";

/** Recordings, for whoever the surface lets in by then. */
// biome-ignore lint/suspicious/noExplicitAny: the routes use none of the app's own variables.
export const addRecordingRoutes = (app: Hono<any>, paths: RecordingPaths, library: () => RecordingLibrary): void => {
  app.get(paths.recordings, async (context) => context.json(await library().list()));

  app.get(paths.recording, async (context) => {
    const opened = await library().open(context.req.param("id"));
    const [first, second] = opened.parts;
    context.header("Content-Type", castType);
    context.header("Content-Disposition", `attachment; filename="${opened.name}"`);
    if (first !== undefined && second === undefined) return sendFile(context, first);
    if (context.req.method === "HEAD") {
      await opened[Symbol.asyncDispose]();
      return context.body(null);
    }
    return context.body(Readable.toWeb(Readable.from(joinAndClose(opened))) as ReadableStream<Uint8Array>);
  });

  app.get(paths.recordingPart, async (context) => {
    const { parts } = await library().open(context.req.param("id"));
    const wanted = parts[Number(context.req.param("part")) - 1];
    for (const file of parts) if (file !== wanted) await file.close();
    if (wanted === undefined) throw new AppError("not-found", "There is no such part of the recording.");
    context.header("Content-Type", castType);
    return sendFile(context, wanted);
  });
};

/** Also closes when who asked goes away in the middle. */
async function* joinAndClose(opened: OpenedRecording): AsyncGenerator<string> {
  await using _files = opened;
  yield* joinParts(opened.parts);
}

/** A file as it is now, or the piece of it that is asked for. Closes it. */
const sendFile = async (context: AnyContext, file: FileHandle): Promise<Response> => {
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

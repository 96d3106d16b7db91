import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import { endOfLastLine } from "@atelier/node-kit";
import type { Context, Hono } from "hono";
import { byteRangeOf } from "./byte-range.ts";
import type { SendBytes } from "../http/send-bytes.ts";
import { joinParts } from "./join-parts.ts";
import type { RecordingLibrary } from "./recording-library.ts";

// biome-ignore lint/suspicious/noExplicitAny: the routes use none of the app's own variables.
type AnyContext = Context<any>;

/** Where a surface has its recordings; `:id` and `:part` are those of `RecordingView`. */
export interface RecordingPaths {
  readonly recordings: string;
  readonly recording: `${string}/:id`;
  readonly recordingPart: `${string}/:id/parts/:part`;
}

export interface RecordingRoutes {
  readonly library: () => RecordingLibrary;
  readonly sendBytes: SendBytes;
}

const castType = "application/x-asciicast";

/** Recordings, for whoever the surface lets in by then. */
// biome-ignore lint/suspicious/noExplicitAny: the routes use none of the app's own variables.
export const addRecordingRoutes = (app: Hono<any>, paths: RecordingPaths, options: RecordingRoutes): void => {
  const { library, sendBytes } = options;
  /** The first `size` bytes of a file, or the piece of them that is asked for. Closes it. */
  const sendFile = async (context: AnyContext, file: FileHandle, size: number): Promise<Response> => {
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
    return sendBytes(context, file.createReadStream({ start, end }), { status });
  };

  app.get(paths.recordings, async (context) => context.json(await library().list()));

  app.get(paths.recording, async (context) => {
    const opened = await library().open(context.req.param("id"));
    const [first, second] = opened.parts;
    context.header("Content-Type", castType);
    context.header("Content-Disposition", `attachment; filename="${opened.name}"`);
    // Without a torn end, which players refuse.
    if (first !== undefined && second === undefined)
      return sendFile(context, first, await endOfLastLine(first, (await first.stat()).size));
    const joined = Readable.from(joinParts(opened.parts), { objectMode: false });
    // Not closed by the generator: one that was never asked for anything never comes to its end.
    return sendBytes(context, joined, { release: () => opened[Symbol.asyncDispose]() });
  });

  app.get(paths.recordingPart, async (context) => {
    const { parts } = await library().open(context.req.param("id"));
    const wanted = parts[Number(context.req.param("part")) - 1];
    for (const file of parts) if (file !== wanted) await file.close();
    if (wanted === undefined) throw new AppError("not-found", "There is no such part of the recording.");
    context.header("Content-Type", castType);
    return sendFile(context, wanted, (await wanted.stat()).size);
  });
};

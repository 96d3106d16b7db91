import { stat } from "node:fs/promises";
import { FollowedFile } from "./followed-file.ts";
import type { FilePosition, TailEvent } from "./tail-event.ts";
import { WakeUp } from "./wake-up.ts";

export interface TailOptions {
  /** A file or a link to one. It need not exist yet. */
  readonly path: string;
  /** Default `start`. A position of another file, or of none, starts at the beginning with a `restart`. */
  readonly from?: "start" | "end" | FilePosition;
  /** Ends the iteration. Needed to end it while it waits. */
  readonly signal?: AbortSignal;
  /** Default `watch`, with polling wherever a watch cannot be had. */
  readonly mode?: "watch" | "poll";
  /** Default 100. */
  readonly pollMs?: number;
  /** Least time between two reads at the end of the file; default 10. */
  readonly gatherMs?: number;
  /** In bytes; longer ones are `skipped`. Default 1 MiB. */
  readonly longestLine?: number;
  /** Path of the file that goes on where the given one ends, if its writer rotates by new names. */
  readonly successor?: (path: string) => string | undefined;
}

/**
 * Follows a file of lines while others append to it, cut it, replace it, delete it and make it again. Ends
 * without an error when the signal aborts. Reads no faster than the consumer takes.
 */
export async function* tailLines(options: TailOptions): AsyncGenerator<TailEvent, void, void> {
  const { signal, successor, longestLine = 1024 * 1024, mode = "watch", pollMs = 100, gatherMs = 10 } = options;
  let { path } = options;
  using wakeUp = new WakeUp(path, { mode, pollMs, gatherMs, signal });
  let file: FollowedFile | undefined;
  let isFirst = true;
  let isCaughtUp = false;
  let isGone = false;
  try {
    while (!signal?.aborted) {
      await wakeUp.next();
      // Whatever there is to read now, and whatever comes to light when the path names another file.
      for (let isDone = false; !isDone && !signal?.aborted; ) {
        if (file !== undefined) {
          const events = await file.read();
          yield* events;
          if (events.length > 0) continue;
        }
        const found = await idOf(path);
        const next = file === undefined ? undefined : successor?.(path);
        if (next !== undefined && (await idOf(next)) !== undefined) {
          // Its writer is done with this one; what it wrote last is read before the step.
          yield* readRest(file as FollowedFile);
          await file?.[Symbol.asyncDispose]();
          file = undefined;
          path = next;
          wakeUp.moveTo(path);
          yield { kind: "restart", reason: "rotated", path };
        } else if (file !== undefined && found === undefined && !isGone) {
          isGone = true;
          yield { kind: "gone" };
        } else if (found !== undefined && file?.id !== found) {
          if (file !== undefined) {
            yield* readRest(file);
            await file[Symbol.asyncDispose]();
            yield { kind: "restart", reason: "replaced", path };
          }
          file = await FollowedFile.open(path, longestLine);
          isGone = false;
          if (isFirst && file !== undefined) {
            if (!(await begin(file, options.from))) yield { kind: "restart", reason: "replaced", path };
            isFirst = false;
          }
        } else isDone = true;
      }
      // The end of no file is the beginning of the one that comes.
      if (options.from === "end") isFirst = false;
      if (!isCaughtUp && !signal?.aborted) {
        isCaughtUp = true;
        yield { kind: "caught-up" };
      }
    }
  } finally {
    await file?.[Symbol.asyncDispose]();
  }
}

/** False when the wanted position is none of this file. */
const begin = async (file: FollowedFile, from: TailOptions["from"] = "start"): Promise<boolean> => {
  if (from === "start") return true;
  if (from === "end") {
    await file.seekEnd();
    return true;
  }
  return from.file === file.id && (await file.seek(from.offset));
};

/** Piece by piece: who reads slowly has one of them in memory, not all that the file got. */
async function* readRest(file: FollowedFile): AsyncGenerator<TailEvent, void, void> {
  for (let more = await file.read(); more.length > 0; more = await file.read()) yield* more;
  yield* file.abandon();
}

const idOf = async (path: string): Promise<string | undefined> => {
  try {
    const { dev, ino } = await stat(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
};

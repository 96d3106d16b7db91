import { open } from "node:fs/promises";
import { join } from "node:path";
import {
  eventOfStream,
  type FeedLetter,
  feedStart,
  feedStreams,
  formatFeedPosition,
  type InstructorEvent,
  maxLineBytes,
  parseFeedPosition,
  runtimeFileNames,
  type StreamPosition,
} from "@atelier/contract";
import { type FilePosition, tailLines } from "@atelier/node-kit";

export interface FeedOptions {
  readonly runtimeFolder: string;
  /** `Last-Event-ID`; absent or none of ours: from the beginning. */
  readonly after: string | undefined;
  /** What no file holds, whole. */
  readonly live: () => Extract<InstructorEvent, { type: "live" }>;
  /** Calls the listener when `live` would answer differently; answers the unsubscribe function. */
  readonly onLive: (listener: () => void) => () => void;
  readonly onClosed: () => void;
  readonly onError: (error: unknown) => void;
}

const files: Readonly<Record<FeedLetter, string>> = {
  c: runtimeFileNames.commandLog,
  s: runtimeFileNames.stateEvents,
  l: runtimeFileNames.llmHistory,
};
const letters = Object.keys(feedStreams) as FeedLetter[];
const heartbeatMs = 15_000;
/** What may wait for one client. The files are the queue: nothing is read ahead of who is slow. */
const mostQueuedBytes = 256 * 1024;
/** Changes of live state come in bursts. */
const liveDelayMs = 40;
/** More is sent at once; less waits for the rest of what was read together. */
const mostGatheredCharacters = 64 * 1024;
/** Least time between two looks at a file that is written to. */
const gatherMs = 5;
const encoder = new TextEncoder();

const say = (event: InstructorEvent): string => {
  const { type, ...data } = event;
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
};

/**
 * The body of `/api/instructor/events`: three files merged as they grow, and what no file holds. A record
 * goes out as the bytes of its line, so that what is shown is what is on disk.
 *
 * Gotchas: each client follows the files by itself. That costs a parse per client and line, and buys that
 * a slow client needs no memory of ours and can never miss or repeat a record.
 */
export const openFeed = (options: FeedOptions): ReadableStream<Uint8Array> => {
  const { runtimeFolder, live, onError } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const position: Record<FeedLetter, StreamPosition> = {
    ...((options.after === undefined ? undefined : parseFeedPosition(options.after)) ?? feedStart),
  };
  const behind = new Set(letters);
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let room = Promise.withResolvers<void>();
  let gathered = "";
  let flushing: NodeJS.Immediate | undefined;
  let liveTimer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearImmediate(flushing);
    flushing = undefined;
    if (gathered !== "" && !signal.aborted) controller.enqueue(encoder.encode(gathered));
    gathered = "";
  };
  /** What is read together goes out together. */
  const send = (text: string): void => {
    gathered += text;
    if (gathered.length >= mostGatheredCharacters) flush();
    else flushing ??= setImmediate(flush);
  };
  const hasRoom = async (): Promise<void> => {
    while (!signal.aborted && (controller.desiredSize ?? 0) <= 0) await room.promise;
  };

  /** The event of a line; nothing for one that the client has. */
  const eventOf = (letter: FeedLetter, line: { readonly text: string; readonly next: number }, isRepeated: boolean) => {
    const seq = seqOf(line.text);
    if (isRepeated && (seq === undefined || seq <= position[letter].seq)) return "";
    position[letter] = { seq: seq ?? position[letter].seq, offset: line.next };
    if (seq === undefined)
      return line.text.trim() === "" ? "" : say(skipped(letter, excerptOf(line.text), "not a record"));
    const id = formatFeedPosition(position);
    return `id: ${id}\nevent: ${eventOfStream[letter]}\ndata: {"record":${line.text.replaceAll("\r", "")}}\n\n`;
  };

  const followStream = async (letter: FeedLetter): Promise<void> => {
    const path = join(runtimeFolder, files[letter]);
    const start = await startOf(path, position[letter]);
    // Without its old place the client is walked through what it has, up to where it stopped.
    let isRepeating = start === "start" && position[letter].seq > 0;
    let newest = 0;
    for await (const event of tailLines({ path, from: start, gatherMs, signal })) {
      switch (event.kind) {
        case "line": {
          const text = eventOf(letter, { text: event.text, next: event.position.offset }, isRepeating);
          if (isRepeating) newest = Math.max(newest, seqOf(event.text) ?? 0);
          if (text !== "") {
            isRepeating = false;
            send(text);
            if ((controller.desiredSize ?? 0) <= 0) await hasRoom();
          }
          break;
        }
        case "skipped":
          send(say(skipped(letter, "", event.cause)));
          break;
        case "restart":
          // Another file under the name: its numbers are its own.
          position[letter] = feedStart[letter];
          isRepeating = false;
          break;
        case "caught-up":
          // It does not come as far: a file with numbers of its own, and nothing in it is what the client has.
          if (isRepeating && newest < position[letter].seq) {
            position[letter] = feedStart[letter];
            return followStream(letter);
          }
          if (behind.delete(letter) && behind.size === 0) send(say({ type: "caught-up" }));
          break;
        case "gone":
          break;
      }
    }
  };

  const close = (): void => {
    if (signal.aborted) return;
    ending.abort(new Error("the client went"));
    clearInterval(heartbeat);
    clearTimeout(liveTimer);
    clearImmediate(flushing);
    forgetLive();
    room.resolve();
    options.onClosed();
  };
  const heartbeat = setInterval(() => {
    // Says that the line holds, and how old what is shown is.
    if ((controller.desiredSize ?? 0) > 0) send(say(live()));
  }, heartbeatMs).unref();
  const forgetLive = options.onLive(() => {
    liveTimer ??= setTimeout(() => {
      // Who does not read gets the newest when they read again.
      hasRoom().then(() => {
        liveTimer = undefined;
        if (!signal.aborted) send(say(live()));
      }, onError);
    }, liveDelayMs);
  });
  const fail = (error: unknown): void => {
    if (signal.aborted) return;
    onError(error);
    close();
    controller.error(error);
  };

  return new ReadableStream<Uint8Array>(
    {
      start: (own) => {
        controller = own;
        send(`retry: 1000\n\n${say(live())}`);
        for (const letter of letters) followStream(letter).catch(fail);
      },
      pull: () => {
        room.resolve();
        room = Promise.withResolvers();
      },
      cancel: close,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostQueuedBytes }),
  );
};

const skipped = (letter: FeedLetter, excerpt: string, cause: string): InstructorEvent => ({
  type: "skipped",
  stream: feedStreams[letter],
  excerpt,
  cause,
});

/** Where to go on: the client's own place while the line before it is still the one that the client has. */
const startOf = async (path: string, { seq, offset }: StreamPosition): Promise<FilePosition | "start"> => {
  if (seq === 0 || offset === 0) return "start";
  try {
    await using file = await open(path);
    const length = Math.min(offset, maxLineBytes + 1);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset - length);
    if (bytesRead < length || buffer[length - 1] !== 10) return "start";
    const before = buffer.subarray(0, length - 1);
    if (seqOf(before.subarray(before.lastIndexOf(10) + 1).toString("utf8")) !== seq) return "start";
    const { dev, ino } = await file.stat();
    return { file: `${dev}:${ino}`, offset };
  } catch {
    return "start";
  }
};

const seqOf = (text: string): number | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    const seq = typeof value === "object" && value !== null && "seq" in value ? value.seq : undefined;
    return typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 ? seq : undefined;
  } catch {
    return undefined;
  }
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to go.
const excerptOf = (text: string): string => text.slice(0, 80).replace(/[\u0000-\u001f\u007f-\u009f]/g, "�");

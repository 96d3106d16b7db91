import type { AskEvent } from "@atelier/contract";

const encoder = new TextEncoder();

/**
 * The answer to `POST …/ask` as server-sent events. The whole answer fits in memory, so a slow reader
 * holds nothing up; one that leaves aborts `signal`.
 */
export const createAskStream = (): {
  readonly body: ReadableStream<Uint8Array>;
  readonly signal: AbortSignal;
  readonly send: (event: AskEvent) => void;
  readonly close: () => void;
} => {
  const leaving = new AbortController();
  let reader: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      reader = controller;
    },
    cancel: () => {
      reader = undefined;
      leaving.abort(new Error("the student did not wait"));
    },
  });
  return {
    body,
    signal: leaving.signal,
    send: ({ type, ...data }) => reader?.enqueue(encoder.encode(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)),
    close: () => {
      reader?.close();
      reader = undefined;
    },
  };
};

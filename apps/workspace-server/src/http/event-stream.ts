import type { ServerSentEvent } from "@atelier/contract";

/** Fans events out to every open tab, and lets a tab that was away catch up. */
export interface EventStream {
  /** False: nobody has ever looked, and whoever comes first gets the whole state. */
  readonly isFollowed: boolean;
  send(event: ServerSentEvent): void;
  /**
   * Follows from after `lastEventId`. When that is no longer in the ring, `first` is sent instead, which
   * is whole state.
   */
  open(
    lastEventId: string | undefined,
    first: () => readonly ServerSentEvent[],
    onClosed?: () => void,
  ): ReadableStream<Uint8Array>;
  /** Called with every event that is sent; answers the unsubscribe function. */
  subscribe(listener: (event: ServerSentEvent) => void): () => void;
  close(): void;
}

const ringSize = 256;
const heartbeatMs = 15_000;
/** A reader this far behind is cut off and resumes by its last id. */
const maxQueuedChunks = 512;
const encoder = new TextEncoder();

export const createEventStream = (): EventStream => {
  const ring: { readonly id: number; readonly bytes: Uint8Array }[] = [];
  const readers = new Map<ReadableStreamDefaultController<Uint8Array>, () => void>();
  const listeners = new Set<(event: ServerSentEvent) => void>();
  // A restarted server must not take an old id for one of its own.
  const run = Math.floor(performance.timeOrigin).toString(36);
  let id = 0;
  let wasOpened = false;

  const encode = (event: ServerSentEvent, eventId: number): Uint8Array => {
    const { type, ...data } = event;
    return encoder.encode(`id: ${run}-${eventId}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const push = (reader: ReadableStreamDefaultController<Uint8Array>, bytes: Uint8Array): void => {
    if ((reader.desiredSize ?? 0) < -maxQueuedChunks) {
      leave(reader);
      reader.close();
    } else reader.enqueue(bytes);
  };
  const leave = (reader: ReadableStreamDefaultController<Uint8Array>): void => {
    const onClosed = readers.get(reader);
    readers.delete(reader);
    onClosed?.();
  };
  const heartbeat = setInterval(() => {
    // No comment, of which an EventSource tells nobody: the page has to know that the line holds.
    const bytes = encoder.encode("event: heartbeat\ndata: {}\n\n");
    for (const reader of readers.keys()) push(reader, bytes);
  }, heartbeatMs);
  heartbeat.unref();

  return {
    get isFollowed() {
      return wasOpened || listeners.size > 0;
    },
    send: (event) => {
      const entry = { id: ++id, bytes: encode(event, id) };
      ring.push(entry);
      if (ring.length > ringSize) ring.shift();
      for (const reader of readers.keys()) push(reader, entry.bytes);
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open: (lastEventId, first, onClosed = () => {}) => {
      wasOpened = true;
      let own: ReadableStreamDefaultController<Uint8Array>;
      return new ReadableStream<Uint8Array>({
        start: (reader) => {
          own = reader;
          const [lastRun, lastText] = (lastEventId ?? "").split("-");
          const last = Number(lastText);
          const oldest = (ring[0]?.id ?? id + 1) - 1;
          reader.enqueue(encoder.encode("retry: 1000\n\n"));
          if (lastRun === run && Number.isInteger(last) && last >= oldest && last <= id) {
            for (const entry of ring) if (entry.id > last) reader.enqueue(entry.bytes);
          } else for (const event of first()) reader.enqueue(encode(event, id));
          readers.set(reader, onClosed);
        },
        cancel: () => leave(own),
      });
    },
    close: () => {
      clearInterval(heartbeat);
      for (const reader of readers.keys()) {
        leave(reader);
        reader.close();
      }
      readers.clear();
    },
  };
};

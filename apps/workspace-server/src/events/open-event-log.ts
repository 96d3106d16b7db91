import { join } from "node:path";
import { type NewStateEvent, runtimeFileNames, type StateEvent } from "@atelier/contract";
import { type AppenderState, openJsonlAppender } from "@atelier/node-kit";
import type { EventLog } from "./event-log.ts";
import { tellStorage } from "./tell-stream.ts";

export interface OpenedEventLog extends EventLog, Disposable {
  readonly state: AppenderState;
  flush(): void;
}

/** Opens `state-events.jsonl` of the volume. Only the holder of the lease may. */
export const openEventLog = (runtimeFolder: string, now: () => Date): OpenedEventLog => {
  const listeners = new Set<(event: StateEvent) => void>();
  const stream = runtimeFileNames.stateEvents;
  /** What one event brought with it is told after it: that it cannot be written, or can be again. */
  let untold: StateEvent[] = [];
  let depth = 0;
  const append = (event: NewStateEvent): StateEvent => {
    depth++;
    const stamped = appender.append(event) as StateEvent;
    depth--;
    untold.unshift(stamped);
    if (depth > 0) return stamped;
    const telling = untold;
    untold = [];
    for (const each of telling) for (const listener of listeners) listener(each);
    return stamped;
  };
  const appender = openJsonlAppender({
    path: join(runtimeFolder, stream),
    now,
    // It waits in the queue with the others; whoever listens knows at once.
    onState: tellStorage(stream, append),
  });
  return {
    append,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush: () => appender.flush(),
    get state() {
      return appender.state;
    },
    [Symbol.dispose]: () => appender.close(),
  };
};

import { join } from "node:path";
import { type NewStateEvent, runtimeFileNames, type StateEvent } from "@atelier/contract";
import { type AppenderState, openJsonlAppender } from "@atelier/node-kit";
import type { EventLog } from "./event-log.ts";

export interface OpenedEventLog extends EventLog, Disposable {
  readonly state: AppenderState;
  flush(): void;
}

/** Opens `state-events.jsonl` of the volume. Only the holder of the lease may. */
export const openEventLog = (runtimeFolder: string, now: () => Date): OpenedEventLog => {
  const listeners = new Set<(event: StateEvent) => void>();
  const stream = runtimeFileNames.stateEvents;
  const append = (event: NewStateEvent): StateEvent => {
    const stamped = appender.append(event) as StateEvent;
    for (const listener of listeners) listener(stamped);
    return stamped;
  };
  const appender = openJsonlAppender({
    path: join(runtimeFolder, stream),
    now,
    // It waits in the queue with the others; whoever listens knows at once.
    onState: (state) =>
      append(
        state.kind === "failing"
          ? { type: "storage-failed", stream, cause: state.cause }
          : { type: "storage-recovered", stream, lost: state.lost },
      ),
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

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
  const appender = openJsonlAppender({ path: join(runtimeFolder, runtimeFileNames.stateEvents), now });
  return {
    append: (event: NewStateEvent) => {
      const stamped = appender.append(event) as StateEvent;
      for (const listener of listeners) listener(stamped);
      return stamped;
    },
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

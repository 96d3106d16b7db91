import type { NewStateEvent, StateEvent } from "@atelier/contract";

/** The port through which every part of the server tells what happened: `state-events.jsonl`. */
export interface EventLog {
  /** Stamps, queues and writes the event; never throws, a failed write becomes visible state. */
  append(event: NewStateEvent): StateEvent;
  /** Called for every appended event, in order. Answers the unsubscribe function. */
  subscribe(listener: (event: StateEvent) => void): () => void;
}

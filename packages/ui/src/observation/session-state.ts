import {
  createObserver,
  type InstructorEvent,
  type Observation,
  type Presence,
  type TerminalView,
  type WorkspaceView,
} from "@atelier/contract";
import { type Connection, notConnected } from "../connection/connection-state.ts";
import type { SessionSource } from "./session-source.ts";

export interface SessionState {
  readonly connection: Connection;
  /** Whether everything from before has come. */
  readonly isCaughtUp: boolean;
  readonly observation: Observation;
  readonly workspace?: WorkspaceView;
  readonly terminals: readonly TerminalView[];
  readonly presence: Presence;
  readonly lastActiveAt?: string;
  /** What to add to this machine's clock to have the server's, in milliseconds. */
  readonly clockOffset: number;
}

export interface SessionStore {
  read(): SessionState;
  subscribe(listener: () => void): () => void;
  reconnect(): void;
  close(): void;
}

export interface SessionClock {
  now(): number;
  /** Runs the task with the next picture. */
  soon(task: () => void): void;
}

/** Thousands of records may come in one go: the page is told once a picture, not once a record. */
export const createSessionStore = (source: SessionSource, clock: SessionClock): SessionStore => {
  const observer = createObserver();
  const listeners = new Set<() => void>();
  let state: SessionState = {
    connection: notConnected,
    isCaughtUp: false,
    observation: observer.read(),
    terminals: [],
    presence: { students: 0, instructors: 0 },
    clockOffset: 0,
  };
  let hasNewRecords = false;
  let isDue = false;

  const tell = (): void => {
    if (isDue) return;
    isDue = true;
    clock.soon(() => {
      isDue = false;
      if (hasNewRecords) state = { ...state, observation: observer.read() };
      hasNewRecords = false;
      for (const listener of listeners) listener();
    });
  };
  const take = (event: InstructorEvent): void => {
    switch (event.type) {
      case "live": {
        const { workspace, terminals, presence, lastActiveAt, now } = event;
        state = {
          ...state,
          ...(workspace === undefined ? {} : { workspace }),
          ...(lastActiveAt === undefined ? {} : { lastActiveAt }),
          terminals,
          presence,
          clockOffset: Date.parse(now) - clock.now(),
        };
        break;
      }
      case "caught-up":
        state = { ...state, isCaughtUp: true };
        break;
      default:
        observer.take(event);
        hasNewRecords = true;
    }
    tell();
  };
  const link = source.follow({
    event: take,
    connection: (connection) => {
      state = { ...state, connection };
      tell();
    },
  });
  return {
    read: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reconnect: link.reconnect,
    close: link.close,
  };
};

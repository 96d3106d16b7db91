import { type Connection, type ConnectionEvent, nextConnection, notConnected } from "./connection-state.ts";
import { browserVisibility } from "./page-visibility.ts";

/** What a dialled connection reports. After `lost` or `refused` nothing else of it is heard. */
export interface DialEvents {
  opened(): void;
  lost(): void;
  refused(): void;
}

/** Opens one connection. The answer closes it without reporting `lost`. */
export type Dial = (events: DialEvents) => () => void;

/** Clock, chance and the signs that the network may be back, so that tests can play them. */
export interface ConnectionClock {
  now(): number;
  random(): number;
  /** Runs `task` once after `ms`; the answer cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Calls `wake` when the browser goes online or the page becomes visible; the answer unsubscribes. */
  onWake(wake: () => void): () => void;
}

export interface KeptConnection {
  state(): Connection;
  /** Dials at once when waiting or refused. */
  retryNow(): void;
  /** Drops the present connection and dials again after the usual wait. */
  drop(): void;
  close(): void;
}

/** Dials, and dials again with back-off whenever the connection is lost, until closed. */
export const keepConnected = (
  dial: Dial,
  clock: ConnectionClock,
  onChange: (state: Connection) => void,
): KeptConnection => {
  let state: Connection = notConnected;
  let hangUp: (() => void) | undefined;
  let cancelWait: (() => void) | undefined;
  let generation = 0;

  const apply = (event: ConnectionEvent): void => {
    const before = state;
    state = nextConnection(before, event);
    if (state === before) return;
    cancelWait?.();
    cancelWait = undefined;
    onChange(state);
    if (state.phase === "waiting")
      cancelWait = clock.after(Math.max(0, state.retryAt - clock.now()), () => apply({ type: "retry" }));
    if (state.phase === "connecting") open();
  };

  const open = (): void => {
    const mine = ++generation;
    const current = (report: () => void) => () => {
      if (mine === generation) report();
    };
    hangUp = dial({
      opened: current(() => apply({ type: "opened", now: clock.now() })),
      lost: current(lose),
      refused: current(() => {
        generation++;
        apply({ type: "refused" });
      }),
    });
  };

  const lose = (): void => {
    generation++;
    apply({ type: "lost", now: clock.now(), random: clock.random() });
  };

  const forgetWake = clock.onWake(() => {
    if (state.phase === "waiting") apply({ type: "retry" });
  });
  open();

  return {
    state: () => state,
    retryNow: () => apply({ type: "retry" }),
    drop: () => {
      hangUp?.();
      lose();
    },
    close: () => {
      generation++;
      forgetWake();
      hangUp?.();
      apply({ type: "closed" });
    },
  };
};

/** The browser's own clock and wake-up signs. */
export const browserClock: ConnectionClock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  onWake: (wake) => {
    const forgetVisible = browserVisibility.onChange(() => {
      if (browserVisibility.isVisible()) wake();
    });
    window.addEventListener("online", wake);
    return () => {
      window.removeEventListener("online", wake);
      forgetVisible();
    };
  },
};

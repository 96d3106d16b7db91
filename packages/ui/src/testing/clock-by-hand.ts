import type { ConnectionClock } from "../connection/keep-connected.ts";

/** A clock that is turned by hand, and what a page hears of its machine. */
export interface ClockByHand {
  readonly clock: ConnectionClock;
  /** Time passes, and timers run when they are due. */
  readonly pass: (ms: number) => void;
  /** Time passes and no timer runs: what is due is late when time passes again. */
  readonly sleep: (ms: number) => void;
  /** The page comes to the front, or the network is back. */
  readonly wake: () => void;
  readonly timers: () => number;
}

export const turnedByHand = (): ClockByHand => {
  let now = 1_000_000;
  let timers: readonly { readonly at: number; readonly run: () => void }[] = [];
  const listeners = new Set<() => void>();
  return {
    clock: {
      now: () => now,
      random: () => 0.5,
      after: (ms, run) => {
        const timer = { at: now + ms, run };
        timers = [...timers, timer];
        return () => {
          timers = timers.filter((each) => each !== timer);
        };
      },
      onWake: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    pass: (ms) => {
      const until = now + ms;
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = until;
    },
    sleep: (ms) => {
      now += ms;
    },
    wake: () => {
      for (const listener of [...listeners]) listener();
    },
    timers: () => timers.length,
  };
};

import { sleepGap } from "./deadline.ts";

export interface UnseenSleepOptions {
  /** How long the machine has slept altogether, in ms from any beginning: only differences count. */
  readonly asleepMs: () => number;
  readonly state: {
    /** What it was when a supervisor last looked; undefined: none ever did. */
    readAsleep(): number | undefined;
    saveAsleep(ms: number): void;
  };
}

export interface UnseenSleep {
  /** The machine slept after the last supervisor had looked for the last time. */
  readonly hasSlept: boolean;
  /** From now on a supervisor has seen it. */
  seen(): void;
}

/**
 * Tells a machine that slept while no supervisor ran from one that was awake: a live supervisor notices that by its
 * own looks, the next one has nothing but what the last one wrote down.
 */
export const openUnseenSleep = ({ asleepMs, state }: UnseenSleepOptions): UnseenSleep => {
  let known = state.readAsleep();
  return {
    hasSlept: known !== undefined && asleepMs() - known > sleepGap,
    seen: () => {
      const now = Math.round(asleepMs());
      // It stands still but for the grain of two clocks: nothing is written at every look.
      if (known !== undefined && Math.abs(now - known) < 1000) return;
      known = now;
      state.saveAsleep(now);
    },
  };
};

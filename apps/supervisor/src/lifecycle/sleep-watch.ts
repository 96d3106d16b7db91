import { sleepGap } from "./deadline.ts";

/** Notices that the machine slept by the beat of the process itself: who looks at a workspace may be late for many reasons. */
export interface SleepWatch {
  /** When it was noticed last, in ms since 1970; undefined: never. */
  readonly wokeAt: number | undefined;
  /** The process is awake; to be said far more often than every two minutes, whatever else goes on. */
  beat(): void;
}

export const createSleepWatch = (now: () => number): SleepWatch => {
  let last: number | undefined;
  let wokeAt: number | undefined;
  return {
    get wokeAt() {
      return wokeAt;
    },
    beat: () => {
      const at = now();
      if (last !== undefined && at - last > sleepGap) wokeAt = at;
      last = at;
    },
  };
};

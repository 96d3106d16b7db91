/** What took how long, in ms, in the order it happened. */
export interface Stopwatch {
  /** The time since the last lap, or since the start, belongs to this phase. */
  lap(phase: string): void;
  readonly phases: Readonly<Record<string, number>>;
}

export const startStopwatch = (now: () => number = () => performance.now()): Stopwatch => {
  const phases: Record<string, number> = {};
  let last = now();
  return {
    phases,
    lap: (phase) => {
      const at = now();
      phases[phase] = Math.round((at - last) * 10) / 10;
      last = at;
    },
  };
};

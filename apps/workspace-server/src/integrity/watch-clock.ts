import { readFileSync } from "node:fs";

export interface WatchClockOptions {
  readonly now: () => Date;
  /** Seconds of a clock that nobody can set. */
  readonly uptime: () => number;
  readonly onJump: (seconds: number) => void;
}

/** A step of NTP within an exam is below this; an hour gained for a deadline is not. */
const tolerated = 2;

/**
 * Compares the wall clock with one that nobody can set. Answers the look, to be taken every second or so:
 * time stamps are only as good as the clock, so a jump is written down between them.
 */
export const createClockWatch = ({ now, uptime, onJump }: WatchClockOptions): (() => void) => {
  const offset = (): number => now().getTime() / 1000 - uptime();
  let before = offset();
  return () => {
    const after = offset();
    const jump = after - before;
    // Slow drift is followed, so that a day of it makes no jump.
    before = after;
    if (Math.abs(jump) > tolerated) onJump(Math.round(jump * 1000) / 1000);
  };
};

/**
 * Seconds since the machine started, time asleep included: `performance.now()` stands still while a
 * laptop sleeps, and every wake-up would look like a jump.
 */
export const machineUptime = (): number => {
  try {
    const seconds = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
    if (Number.isFinite(seconds)) return seconds;
  } catch {
    // No /proc, no sleeping laptop to be told from a jump.
  }
  return performance.now() / 1000;
};

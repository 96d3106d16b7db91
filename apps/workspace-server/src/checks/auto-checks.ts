import { type FSWatcher, watch } from "node:fs";
import { isAppError } from "@atelier/domain";

/** What one automatic run answered: which assertions stand how, so that a repetition is noticed. */
export interface AutoCheckResult {
  readonly outcome: string;
  readonly durationMs: number;
  /** Equal for runs that found the same. */
  readonly finding: string;
}

export interface AutoChecksOptions {
  /** The step to check now; undefined: none whose author allows it, or it is passed already. */
  readonly step: () => string | undefined;
  /** Runs the check. Throws `AppError` `check-running` while another one runs. */
  readonly check: (step: string, signal: AbortSignal) => Promise<AutoCheckResult>;
  /** When somebody last worked in a terminal, in ms of `now`. */
  readonly activeAt: () => number;
  /** Folders whose own entries are watched besides. */
  readonly folders: readonly string[];
  /** Whether the machine has better things to do. */
  readonly isBusy: () => boolean;
  readonly onError: (error: unknown) => void;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  readonly pace?: Partial<AutoCheckPace>;
}

/** Milliseconds that keep automatic checks cheap. */
export interface AutoCheckPace {
  /** How often it is looked whether there is anything to do. */
  readonly look: number;
  /** So long nothing may happen before a check: nobody types a command half. */
  readonly quiet: number;
  /** A program that never stops talking is checked all the same after this time. */
  readonly patience: number;
  /** Between two runs; and a run may take one part in `share` of the time at most. */
  readonly pause: number;
  readonly share: number;
  /** While the machine is busy a run waits, but not longer than this. */
  readonly postponed: number;
  /** What works on in the background is seen by looking again after these pauses. */
  readonly later: readonly number[];
}

const defaultPace: AutoCheckPace = {
  look: 400,
  quiet: 1200,
  patience: 15_000,
  pause: 3000,
  share: 10,
  postponed: 60_000,
  later: [5000, 20_000],
};

/** How much longer the pause gets, at most, when file changes alone lead to the same finding again and again. */
const mostPatientPause = 60_000;

/**
 * Runs the check of the current step by itself while the student works: when a moment of quiet follows
 * work in a terminal or a change in the home or the workdir. Never two at once, never more often than
 * the pace allows, not while the machine is busy.
 */
export const startAutoChecks = (options: AutoChecksOptions): Disposable => {
  const { now } = options;
  const pace: AutoCheckPace = { ...defaultPace, ...options.pace };
  const ending = new AbortController();
  const watchers: FSWatcher[] = [];
  /** Work that no check has seen yet: when it began and when it last went on. */
  let unseen: { since: number; last: number } | undefined;
  let seenActivity = options.activeAt();
  let lastStep: string | undefined;
  let lastEnd = Number.NEGATIVE_INFINITY;
  let pause = pace.pause;
  let finding: string | undefined;
  let onlyFiles = true;
  let laterAt: number[] = [];
  let isRunning = false;

  const touch = (at: number): void => {
    unseen = unseen === undefined ? { since: at, last: at } : { since: unseen.since, last: at };
  };

  const isDue = (at: number): boolean => {
    if (unseen === undefined) return laterAt.length > 0 && at >= (laterAt[0] ?? 0);
    return at - unseen.last >= pace.quiet || at - unseen.since >= pace.patience;
  };

  const look = async (): Promise<void> => {
    if (isRunning || ending.signal.aborted) return;
    const at = now();
    const activeAt = options.activeAt();
    if (activeAt > seenActivity) {
      seenActivity = activeAt;
      touch(activeAt);
      onlyFiles = false;
    }
    const step = options.step();
    if (step !== lastStep) {
      // The work on the step before says nothing about this one, but a look at its beginning does.
      lastStep = step;
      finding = undefined;
      pause = pace.pause;
      laterAt = [];
      if (step !== undefined) touch(at);
    }
    if (step === undefined || !isDue(at) || at - lastEnd < pause) return;
    const waitingSince = unseen?.since ?? laterAt[0] ?? at;
    if (options.isBusy() && at - waitingSince < pace.postponed) return;
    await run(step);
  };

  const run = async (step: string): Promise<void> => {
    const hadWork = unseen !== undefined;
    const byFilesOnly = hadWork && onlyFiles;
    unseen = undefined;
    onlyFiles = true;
    isRunning = true;
    let durationMs = 0;
    try {
      const result = await options.check(step, ending.signal);
      durationMs = result.durationMs;
      const isSame = result.finding === finding;
      finding = result.finding;
      pause = Math.max(pace.pause, durationMs * pace.share);
      // A file that changes by itself all the time must not keep the machine busy.
      if (byFilesOnly && isSame) pause = Math.min(Math.max(pause, 2 * pauseBefore), mostPatientPause);
      pauseBefore = pause;
    } catch (error) {
      // Somebody asked for one at the same moment, which is as good.
      if (!ending.signal.aborted && !(isAppError(error) && error.code === "check-running")) options.onError(error);
    } finally {
      isRunning = false;
      lastEnd = now();
      if (hadWork) laterAt = pace.later.map((wait) => lastEnd + wait);
      else laterAt.shift();
    }
  };
  let pauseBefore = pace.pause;

  for (const folder of new Set(options.folders))
    try {
      // The check's own commands may write there: what happens meanwhile is not the student's.
      const watcher = watch(folder, { persistent: false }, () => {
        if (!isRunning && now() - lastEnd > pace.look) touch(now());
      });
      watcher.on("error", () => watcher.close());
      watchers.push(watcher);
    } catch {
      // A folder that does not exist yet, or no watches left: terminals tell as well.
    }
  const timer = setInterval(() => void look().catch(options.onError), pace.look);
  timer.unref();

  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      for (const watcher of watchers) watcher.close();
      ending.abort(new Error("automatic checks have ended"));
    },
  };
};

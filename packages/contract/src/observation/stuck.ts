import type { Assertion } from "../events/state-events.ts";
import { type Observation, timeByStep } from "./observe.ts";

/**
 * When somebody is taken to be stuck. Each rule says why; none of them is a judgement of the student, and
 * all of them fall silent once the step is done. docs/manual/instructor.md lists them with these numbers.
 */
export const stuckThresholds = {
  /** The same command fails so many times among the last `commandWindow` of this visit. */
  sameCommand: 3,
  commandWindow: 12,
  /** The same assertion fails in so many checks in a row. */
  sameAssertion: 3,
  /** Nothing is typed, shown, checked or asked for so long, while a page is open. */
  idleMs: 5 * 60_000,
  /** Time at the step against what its author planned, and for steps without a plan. */
  timesPlanned: 2,
  leastTimeMs: 5 * 60_000,
  unplannedMs: 20 * 60_000,
} as const;

export type StuckReason =
  | {
      readonly code: "same-command";
      readonly command: string;
      readonly times: number;
      readonly exitCode: number;
      readonly since: string;
      readonly terminal: string;
    }
  | {
      readonly code: "same-assertion";
      readonly assertion: Assertion;
      readonly times: number;
      readonly since: string;
    }
  | { readonly code: "idle"; readonly since: string; readonly forMs: number }
  | {
      readonly code: "long-step";
      readonly since: string;
      readonly forMs: number;
      /** What the author planned; absent: nothing. */
      readonly plannedMs?: number;
    };

export interface StuckInput {
  readonly observation: Observation;
  /** Of the current step, as its author planned it. */
  readonly plannedSeconds?: number | undefined;
  /** When a terminal last had input or output; it outdates the records. */
  readonly lastActiveAt?: string | undefined;
  /** Whether the student has a page open: who is away is not stuck. */
  readonly isPresent: boolean;
  readonly now: number;
}

/** Why the student may need somebody, the strongest sign first. */
export const stuckReasons = (input: StuckInput): readonly StuckReason[] => {
  const { currentStep, done } = input.observation;
  if (currentStep === undefined || done.has(currentStep)) return [];
  return [sameAssertion(input), sameCommand(input), longStep(input), idle(input)].filter(
    (reason) => reason !== undefined,
  );
};

const enteredAt = ({ observation }: StuckInput): string => observation.visits.at(-1)?.enteredAt ?? "";

const sameCommand = (input: StuckInput): StuckReason | undefined => {
  const entered = enteredAt(input);
  const recent = input.observation.commands
    .filter(({ startedAt }) => startedAt >= entered)
    .slice(-stuckThresholds.commandWindow);
  const last = recent.at(-1);
  // Interrupted by hand (130) is no failure, and a command without an end says nothing.
  const hasFailed = (exitCode: number | undefined): exitCode is number =>
    exitCode !== undefined && exitCode !== 0 && exitCode !== 130;
  if (last === undefined || !hasFailed(last.exitCode)) return undefined;
  const text = last.command.trim();
  const same = recent.filter(({ command }) => command.trim() === text);
  if (same.length < stuckThresholds.sameCommand || !same.every(({ exitCode }) => hasFailed(exitCode))) return undefined;
  return {
    code: "same-command",
    command: last.command,
    times: same.length,
    exitCode: last.exitCode,
    since: same[0]?.startedAt ?? last.startedAt,
    terminal: last.terminal,
  };
};

const sameAssertion = (input: StuckInput): StuckReason | undefined => {
  const { checks, currentStep } = input.observation;
  const entered = enteredAt(input);
  const own = checks.filter(({ step, ts }) => step === currentStep && ts >= entered);
  const last = own.at(-1);
  if (last?.outcome !== "failed") return undefined;
  let best: StuckReason | undefined;
  for (const assertion of last.assertions) {
    if (assertion.status !== "failed") continue;
    const failing = own.toReversed();
    const end = failing.findIndex(
      (check) => !check.assertions.some(({ id, status }) => id === assertion.id && status === "failed"),
    );
    const times = end === -1 ? failing.length : end;
    if (times >= stuckThresholds.sameAssertion && times > (best?.code === "same-assertion" ? best.times : 0))
      best = { code: "same-assertion", assertion, times, since: failing[times - 1]?.ts ?? last.ts };
  }
  return best;
};

const idle = ({ observation, lastActiveAt, isPresent, now }: StuckInput): StuckReason | undefined => {
  const since = [observation.lastActionAt, lastActiveAt, observation.visits.at(-1)?.enteredAt]
    .filter((at) => at !== undefined)
    .toSorted()
    .at(-1);
  if (!isPresent || since === undefined) return undefined;
  const forMs = now - Date.parse(since);
  return forMs >= stuckThresholds.idleMs ? { code: "idle", since, forMs } : undefined;
};

const longStep = (input: StuckInput): StuckReason | undefined => {
  const { observation, plannedSeconds, now } = input;
  const { currentStep, visits } = observation;
  if (currentStep === undefined || !input.isPresent) return undefined;
  const forMs = timeByStep(visits, now).get(currentStep) ?? 0;
  const { timesPlanned, leastTimeMs, unplannedMs } = stuckThresholds;
  const limit =
    plannedSeconds === undefined ? unplannedMs : Math.max(leastTimeMs, plannedSeconds * 1000 * timesPlanned);
  if (forMs < limit) return undefined;
  return {
    code: "long-step",
    since: enteredAt(input),
    forMs,
    ...(plannedSeconds === undefined ? {} : { plannedMs: plannedSeconds * 1000 }),
  };
};

/** What the lifecycle rules need to know of one workspace. All times are milliseconds since the epoch. */
export interface LifecycleInput {
  readonly state: "running" | "stopped";
  /** End of the running time; absent: no TTL. */
  readonly deadline?: number;
  /** When it stopped. */
  readonly stoppedAt?: number;
  /** How long a stopped one is kept, in ms; absent: for ever. */
  readonly retain?: number;
  /** When its deletion was announced since it stopped. */
  readonly announcedAt?: number;
  /** Since when somebody looks at it without a break: nothing is deleted as soon as a machine or a supervisor wakes. */
  readonly watchedSince?: number;
  /** The machine slept since this was last judged. */
  readonly hasSlept?: boolean;
  readonly now: number;
}

export type LifecycleAction =
  | { readonly kind: "none" }
  /** The machine slept over the deadline: give the student time to save. */
  | { readonly kind: "extend"; readonly deadline: number }
  | { readonly kind: "warn"; readonly minutesLeft: number }
  | { readonly kind: "stop" }
  | { readonly kind: "announce-deletion"; readonly at: number }
  | { readonly kind: "delete" };

const minute = 60_000;
/** What remains at least after the machine slept. */
export const graceAfterSleep = 10 * minute;
const warnBefore = 10 * minute;
const announceBefore = 24 * 60 * minute;
/** Whoever comes back after weeks, starts the supervisor by that, and names what it is about to delete, has so long. */
const watchedBefore = 5 * minute;
/** Two looks of a supervisor further apart than this mean that the machine (or we) slept. */
export const sleepGap = 2 * minute;

/** What to do about a workspace's time now. Pure; asked again at every tick. */
export const lifecycleAction = ({
  state,
  deadline,
  stoppedAt,
  retain,
  announcedAt,
  watchedSince = Number.NEGATIVE_INFINITY,
  hasSlept = false,
  now,
}: LifecycleInput): LifecycleAction => {
  if (state === "running") {
    if (deadline === undefined) return { kind: "none" };
    if (hasSlept && deadline - now < graceAfterSleep) return { kind: "extend", deadline: now + graceAfterSleep };
    if (now >= deadline) return { kind: "stop" };
    return deadline - now <= warnBefore
      ? { kind: "warn", minutesLeft: Math.ceil((deadline - now) / minute) }
      : { kind: "none" };
  }
  if (stoppedAt === undefined || retain === undefined) return { kind: "none" };
  const end = stoppedAt + retain;
  // What is kept for an hour only cannot be announced a day before.
  const notice = Math.min(announceBefore, retain);
  if (end - now > notice) return { kind: "none" };
  const at = Math.max(end, (announcedAt ?? now) + notice, watchedSince + watchedBefore);
  return announcedAt !== undefined && now >= at ? { kind: "delete" } : { kind: "announce-deletion", at };
};

import type { WorkspaceSettings } from "@atelier/backend-docker";
import type { ManagerMessage, WorkspacePhase } from "@atelier/contract";

export type StatusMessage = Extract<ManagerMessage, { t: "status" }>;

/** A workspace's time, in ms since 1970. */
export interface Timing {
  readonly deadline?: number;
  /** The deadline was moved because the machine slept over it. */
  readonly slept?: boolean;
  /** Of a stopped one: when it is deleted. */
  readonly retainUntil?: number;
}

interface Told extends Timing {
  /** Its programs write too much for the others here. */
  readonly isSlow: boolean;
  readonly now: number;
}

const minute = 60_000;
const warnBefore = 10 * minute;
const announceBefore = 24 * 60 * minute;

/** What the student or the owner should know about its time and pace. Texts change once a minute at most. */
export const noticesOf = ({ deadline, slept, retainUntil, isSlow, now }: Told): StatusMessage["notices"] => {
  const notices: StatusMessage["notices"] = [];
  if (isSlow)
    notices.push({
      code: "slowed-down",
      cause:
        "Your programs write to the disk faster than the other workspaces here can bear: meanwhile they get a tenth of a processor.",
      remedy: "Wait until they are done, or end them: then everything is as quick as before.",
    });
  if (deadline !== undefined && deadline - now <= warnBefore) {
    const minutes = Math.max(1, Math.ceil((deadline - now) / minute));
    notices.push({
      code: slept ? "ttl-after-sleep" : "ttl-warning",
      cause: `${slept ? "This machine slept past the end of this workspace. " : ""}The workspace stops in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
      remedy: "Extend it to go on; when it stops, everything in it is kept.",
    });
  }
  if (retainUntil !== undefined && retainUntil - now <= announceBefore)
    notices.push({
      code: "deletion-announced",
      cause: `This workspace is deleted at ${new Date(retainUntil).toISOString()}.`,
      remedy: "Start it to keep it.",
    });
  return notices;
};

/** The `status` message of `contract/control`. */
export const statusOf = ({
  lifecycle,
  phase,
  now,
  ...timing
}: Told & {
  readonly lifecycle: WorkspaceSettings["lifecycle"];
  readonly phase: WorkspacePhase;
}): StatusMessage => ({
  t: "status",
  ...(timing.deadline === undefined ? {} : { deadline: new Date(timing.deadline).toISOString() }),
  ...(timing.deadline === undefined || lifecycle === undefined
    ? {}
    : { retainUntil: new Date(timing.deadline + lifecycle.retainSeconds * 1000).toISOString() }),
  extendable: timing.deadline !== undefined,
  phase,
  notices: [...noticesOf({ ...timing, now })],
});

import type { Containers, WorkspaceContainer } from "@atelier/backend-docker";
import { messageOf } from "../transition/message-of.ts";

/**
 * How fast a workspace's programs may go. A kernel that does not hold a writer back by itself (version 1 of
 * cgroups) lets one fill its cache as fast as it can, and the kernel's own threads then keep the machine's
 * processors for milliseconds, at anybody's cost. Whoever writes so gets little of a processor while others work here.
 */
export interface Pace {
  readonly isSlow: boolean;
  /** Its server says, a few times a second, that too much is written, and once that it is over. */
  heard(container: WorkspaceContainer, isHeavy: boolean): void;
  /** Undoes what an earlier supervisor left. */
  adopt(container: WorkspaceContainer): Promise<void>;
  /** Resolves when it has the speed it was made with. */
  normal(): Promise<void>;
}

export interface PaceOptions {
  readonly containers: Pick<Containers, "slowDown" | "isSlow">;
  readonly mayBeSlow: () => boolean;
  readonly onChange: () => void;
  readonly log: (event: Readonly<Record<string, unknown>>) => void;
}

/** A server that says nothing any more has nothing to say. */
const silenceMs = 5000;

export const createPace = ({ containers, mayBeSlow, onChange, log }: PaceOptions): Pace => {
  let slow: WorkspaceContainer | undefined;
  /** An engine that cannot do it is asked once. */
  let cannot = false;
  let silence: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();

  const set = (container: WorkspaceContainer, isSlow: boolean): Promise<void> => {
    slow = isSlow ? container : undefined;
    onChange();
    last = last
      .then(() => containers.slowDown(container, isSlow))
      .then(
        () => log({ event: isSlow ? "pace.slow" : "pace.normal" }),
        (error: unknown) => {
          cannot ||= isSlow;
          if (slow?.id === container.id) slow = undefined;
          onChange();
          log({ event: "pace.not-set", isSlow, error: messageOf(error) });
        },
      );
    return last;
  };
  const normal = (): Promise<void> => {
    clearTimeout(silence);
    return slow === undefined ? last : set(slow, false);
  };

  return {
    get isSlow() {
      return slow !== undefined;
    },
    heard: (container, isHeavy) => {
      clearTimeout(silence);
      if (!isHeavy || !mayBeSlow()) {
        void normal();
        return;
      }
      silence = setTimeout(() => void normal(), silenceMs).unref();
      if (slow === undefined && !cannot) void set(container, true);
    },
    adopt: async (container) => {
      if (await containers.isSlow(container).catch(() => false)) await set(container, false);
    },
    normal,
  };
};

import type { Containers, StateDirectory, WorkspaceContainer } from "@atelier/backend-docker";
import { lifecycleAction, sleepGap } from "./deadline.ts";

export interface RetentionOptions {
  readonly containers: Pick<Containers, "finishedAt">;
  readonly state: Pick<StateDirectory, "readAnnouncement" | "saveAnnouncement">;
  /** Ms since 1970. */
  readonly now: () => number;
  readonly log: (event: Readonly<Record<string, unknown>>) => void;
}

/** How long a stopped workspace is kept. */
export interface Retention {
  /** Asked at every tick; remembers across supervisors that it announced the end. Undefined: for ever. */
  look(container: WorkspaceContainer): Promise<{ readonly until: number; readonly isOver: boolean } | undefined>;
}

export const createRetention = ({ containers, state, now, log }: RetentionOptions): Retention => {
  let lastLook: number | undefined;
  let watchedSince = now();
  return {
    look: async (container) => {
      const { id, name, lifecycle } = container.settings;
      if (lifecycle === undefined) return undefined;
      const stoppedAt = await containers.finishedAt(container).catch(() => undefined);
      if (stoppedAt === undefined) return undefined;
      if (lastLook !== undefined && now() - lastLook > sleepGap) watchedSince = now();
      lastLook = now();
      const announced = state.readAnnouncement(id);
      // It ran since: that one was of another stop.
      const announcedAt = announced !== undefined && announced >= stoppedAt ? announced : undefined;
      const retain = lifecycle.retainSeconds * 1000;
      const action = lifecycleAction({
        state: "stopped",
        stoppedAt,
        retain,
        watchedSince,
        now: now(),
        ...(announcedAt === undefined ? {} : { announcedAt }),
      });
      if (action.kind !== "announce-deletion") return { until: stoppedAt + retain, isOver: action.kind === "delete" };
      if (announcedAt === undefined) {
        state.saveAnnouncement(id, now());
        log({ event: "deletion.announced", workspace: name, at: action.at });
      }
      return { until: action.at, isOver: false };
    },
  };
};

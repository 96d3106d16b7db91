import type { CheckpointView } from "@atelier/contract";

export interface FakeEvent {
  readonly seq: number;
  readonly type: string;
  readonly by: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface FakeCheckpoint extends CheckpointView {
  readonly contents: ReadonlyMap<string, string>;
}

/** The volume of a workspace: the lease, the events and the checkpoints, and a watch for whoever breaks a rule. */
export interface FakeVolume {
  readonly events: readonly FakeEvent[];
  readonly checkpoints: readonly FakeCheckpoint[];
  /** What must never happen: two writers, or a writer without the lease. */
  readonly violations: readonly string[];
  readonly holder: string | undefined;
  tryLease(container: string): boolean;
  /** The lease ends with the process, however that ends. */
  freeLease(container: string): void;
  append(
    container: string,
    event: { readonly type: string; readonly detail?: Readonly<Record<string, unknown>> },
  ): void;
  save(container: string, checkpoint: FakeCheckpoint): void;
  /** Told of each event right after it was written. */
  onEvent: (type: string) => void;
  outstanding(): ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export const createFakeVolume = (): FakeVolume => {
  const events: FakeEvent[] = [];
  const checkpoints: FakeCheckpoint[] = [];
  const violations: string[] = [];
  let holder: string | undefined;
  let onEvent: (type: string) => void = () => {};
  const mustHold = (container: string, what: string): void => {
    if (holder !== container) violations.push(`${container} wrote ${what} while ${holder ?? "nobody"} held the lease`);
  };
  return {
    events,
    checkpoints,
    violations,
    get holder() {
      return holder;
    },
    tryLease: (container) => {
      if (holder !== undefined && holder !== container) return false;
      holder = container;
      return true;
    },
    freeLease: (container) => {
      if (holder === container) holder = undefined;
    },
    append: (container, { type, detail = {} }) => {
      mustHold(container, type);
      events.push({ seq: (events.at(-1)?.seq ?? 0) + 1, type, by: container, detail });
      onEvent(type);
    },
    get onEvent() {
      return onEvent;
    },
    set onEvent(next) {
      onEvent = next;
    },
    save: (container, checkpoint) => {
      mustHold(container, "a checkpoint");
      checkpoints.unshift(checkpoint);
    },
    outstanding: () => {
      const open = new Map<string, Readonly<Record<string, unknown>>>();
      for (const { type, detail } of events) {
        if (type === "request") open.set(String(detail["id"]), detail);
        if (type === "request-acknowledged") open.delete(String(detail["id"]));
      }
      return open;
    },
  };
};

import type { WorkspaceContainer } from "@atelier/backend-docker";

/** How a request ended. `swapped` is false when the container stayed. */
export interface Outcome {
  readonly outcome: "done" | "refused" | "failed";
  readonly cause?: string;
  readonly swapped?: boolean;
}

/** What became of requests, by id: each is executed once, and whoever waits is told. */
export interface Outcomes {
  of(id: string): Outcome | undefined;
  /** False when it is under way already. */
  begin(id: string): boolean;
  settle(id: string, outcome: Outcome): void;
  wait(id: string): Promise<Outcome>;
}

/** More than a browser could ask for before it is told. */
const kept = 500;

export const createOutcomes = (): Outcomes => {
  const begun = new Set<string>();
  const ended = new Map<string, Outcome>();
  const waiting = new Map<string, ((outcome: Outcome) => void)[]>();
  return {
    of: (id) => ended.get(id),
    begin: (id) => {
      if (begun.has(id)) return false;
      begun.add(id);
      return true;
    },
    settle: (id, outcome) => {
      begun.delete(id);
      ended.set(id, outcome);
      for (const resolve of waiting.get(id) ?? []) resolve(outcome);
      waiting.delete(id);
      const oldest = ended.size > kept ? ended.keys().next().value : undefined;
      if (oldest !== undefined) ended.delete(oldest);
    },
    wait: (id) => {
      const done = ended.get(id);
      if (done) return Promise.resolve(done);
      return new Promise((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
    },
  };
};

/** How the move that made a container ended, as its label keeps it. */
export const outcomeOfLabel = ({ transition }: WorkspaceContainer): Outcome =>
  transition?.failed === undefined
    ? { outcome: "done", swapped: true }
    : { outcome: "failed", cause: transition.failed, swapped: false };

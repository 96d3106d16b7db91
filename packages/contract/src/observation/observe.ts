import type { CommandRecord } from "../events/command-log.ts";
import type { LlmExchange } from "../events/llm-history.ts";
import type { StateEvent } from "../events/state-events.ts";

export type CheckRecord = Extract<StateEvent, { type: "check-finished" }>;

/** Help that was taken: a page of the author's, or a question to a model. */
export type HelpUse =
  | { readonly kind: "opened"; readonly at: string; readonly step: string; readonly level: string }
  | { readonly kind: "asked"; readonly at: string; readonly step: string; readonly exchange: LlmExchange };

/** One stay at a step. Without `leftAt` it goes on. */
export interface StepVisit {
  readonly step: string;
  readonly enteredAt: string;
  readonly leftAt?: string;
}

const incidentTypes = [
  "boot-failed",
  "check-disputed",
  "nested-shell",
  "integration-lost",
  "runtime-touched",
  "clock-jump",
  "storage-failed",
  "storage-recovered",
  "limit-hit",
  "lines-skipped",
] as const satisfies readonly StateEvent["type"][];
export type Incident = Extract<StateEvent, { type: (typeof incidentTypes)[number] }>;

/** What a session's records say, in the words in which people ask about it. */
export interface Observation {
  readonly commands: readonly CommandRecord[];
  readonly checks: readonly CheckRecord[];
  readonly help: readonly HelpUse[];
  readonly visits: readonly StepVisit[];
  /** What an instructor should know about the log itself, and what went wrong. */
  readonly incidents: readonly Incident[];
  readonly requests: readonly Extract<StateEvent, { type: "request" }>[];
  /** How steps ended, by id; a step that was solved was not passed. */
  readonly done: ReadonlyMap<string, { readonly how: "passed" | "completed" | "solved"; readonly at: string }>;
  readonly currentStep?: string;
  /** When the student last ran, checked, asked or moved; absent: never. */
  readonly lastActionAt?: string;
  /** Time of the newest record; absent: there is none. */
  readonly lastAt?: string;
  /** Records that the numbers tell are missing. */
  readonly missing: number;
  /** Lines that were no records. */
  readonly skipped: number;
}

export type FeedRecord =
  | { readonly type: "command"; readonly record: CommandRecord }
  | { readonly type: "state"; readonly record: StateEvent }
  | { readonly type: "exchange"; readonly record: LlmExchange }
  | { readonly type: "skipped" };

export interface Observer {
  take(event: FeedRecord): void;
  /** A value of its own; what is taken later does not change it. */
  read(): Observation;
}

/** Adds up a session's records as they come. Order between the streams does not matter. */
export const createObserver = (): Observer => {
  const commands: CommandRecord[] = [];
  const checks: CheckRecord[] = [];
  const help: HelpUse[] = [];
  const incidents: Incident[] = [];
  const requests: Extract<StateEvent, { type: "request" }>[] = [];
  const visits: StepVisit[] = [];
  const done = new Map<string, { how: "passed" | "completed" | "solved"; at: string }>();
  const seqs = { command: 0, state: 0, exchange: 0 };
  let lastActionAt: string | undefined;
  let lastAt: string | undefined;
  let missing = 0;
  let skipped = 0;

  const acted = (at: string): void => {
    if (lastActionAt === undefined || at > lastActionAt) lastActionAt = at;
  };
  const count = (stream: keyof typeof seqs, seq: number): void => {
    if (seq > seqs[stream] + 1) missing += seq - seqs[stream] - 1;
    seqs[stream] = seq;
  };
  const finish = (step: string, how: "passed" | "completed" | "solved", at: string): void => {
    if (done.get(step)?.how !== "passed") done.set(step, { how, at });
  };
  const takeState = (event: StateEvent): void => {
    switch (event.type) {
      case "step-entered": {
        const last = visits.at(-1);
        if (last !== undefined && last.leftAt === undefined) {
          if (last.step === event.step) break;
          visits[visits.length - 1] = { ...last, leftAt: event.ts };
        }
        visits.push({ step: event.step, enteredAt: event.ts });
        if (event.by === "student") acted(event.ts);
        break;
      }
      case "step-completed":
        finish(event.step, event.how === "checked" ? "passed" : "completed", event.ts);
        break;
      case "step-solved":
        finish(event.step, "solved", event.ts);
        break;
      case "check-finished":
        checks.push(event);
        if (event.trigger === "student") acted(event.ts);
        break;
      case "help-opened":
        help.push({ kind: "opened", at: event.ts, step: event.step, level: event.level });
        acted(event.ts);
        break;
      case "request":
        requests.push(event);
        if (event.by === "student") acted(event.ts);
        break;
      default:
        if ((incidentTypes as readonly string[]).includes(event.type)) incidents.push(event as Incident);
    }
  };

  return {
    take: (event) => {
      if (event.type === "skipped") {
        skipped++;
        return;
      }
      count(event.type, event.record.seq);
      if (lastAt === undefined || event.record.ts > lastAt) lastAt = event.record.ts;
      if (event.type === "command") {
        commands.push(event.record);
        acted(event.record.ts);
      } else if (event.type === "exchange") {
        const exchange = event.record;
        help.push({ kind: "asked", at: exchange.startedAt, step: exchange.step, exchange });
        acted(exchange.ts);
      } else takeState(event.record);
    },
    read: () => {
      const currentStep = visits.at(-1)?.step;
      return {
        commands: [...commands],
        checks: [...checks],
        help: help.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
        visits: [...visits],
        incidents: [...incidents],
        requests: [...requests],
        done: new Map(done),
        ...(currentStep === undefined ? {} : { currentStep }),
        ...(lastActionAt === undefined ? {} : { lastActionAt }),
        ...(lastAt === undefined ? {} : { lastAt }),
        missing,
        skipped,
      };
    },
  };
};

/** Milliseconds spent at each step, by id; `now` ends the visit that goes on. */
export const timeByStep = (visits: readonly StepVisit[], now: number): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  for (const { step, enteredAt, leftAt } of visits) {
    const spent = Math.max(0, (leftAt === undefined ? now : Date.parse(leftAt)) - Date.parse(enteredAt));
    times.set(step, (times.get(step) ?? 0) + spent);
  }
  return times;
};

import { createReadStream } from "node:fs";
import { join } from "node:path";
import {
  type Arrival,
  type BadLine,
  type CheckView,
  createLineDecoder,
  type RestoreOrder,
  runtimeFileNames,
  type StateEvent,
  stateEventSchema,
} from "@atelier/contract";
import type { Progress } from "@atelier/domain";

/** Everything of the past that the server shows: rebuilt from the events, and nothing else. */
export interface History extends Progress {
  readonly passed: Set<string>;
  readonly completed: Set<string>;
  readonly solved: Set<string>;
  current?: string;
  readonly lastChecks: Map<string, CheckView>;
  /** What a swap left behind, the last one that was finished: undo leads back there. */
  undo?: LeftBehind;
  /** Of a server that has released the lease, as long as no other has begun. */
  left?: LeftBehind;
  /** Image of the last server there was. */
  image?: string;
  /** When the layer of its container began; earlier servers did not say. */
  layer?: number;
  /**
   * The student's files as they are, when the layer that has them is lost: what was saved since the last move,
   * else what that move brought along. Absent: nothing is to come back, they began clean and nothing was saved since.
   */
  files?: RestoreOrder;
  /** The container that the student works in replaced one that was lost, and not left: nothing led from one to the other. */
  lost?: LostContainer;
  /** What the last swap brought along, and what it replaced; of this server only. */
  arrival?: Arrival;
  /** Replaced units of which the student has their own version back. */
  readonly taken: Set<string>;
  /** Limits that were hit lately, oldest first. */
  readonly limits: Extract<StateEvent, { type: "limit-hit" }>[];
  /** What the student has filled in. */
  readonly variables: Map<string, string>;
  /** The last answer to each question, by {@link quizKey}. */
  readonly answers: Map<string, AnsweredQuiz>;
  /** Lines that were told to be no records, by file: once is enough. */
  readonly skipped: Map<string, Set<number>>;
  /** Requests without an acknowledgement yet, by id. */
  readonly outstanding: Map<string, Extract<StateEvent, { type: "request" }>>;
}

export interface LostContainer {
  /** When the next one began. */
  readonly at: string;
  /** Whether what was saved of the student's files came back. */
  readonly isRestored: boolean;
}

export interface LeftBehind {
  /** Programs of the student's that ended with it. */
  readonly jobs: readonly string[];
  /** Why it was left: the kind of the request. */
  readonly reason: string;
  readonly checkpoint: string;
  readonly image: string;
  readonly at: string;
}

export interface AnsweredQuiz {
  readonly answer: readonly number[] | string;
  readonly isRight: boolean;
  readonly at: string;
  readonly tries: number;
}

export const quizKey = (step: string, quiz: string): string => `${step}/${quiz}`;

export const emptyHistory = (): History => ({
  passed: new Set(),
  completed: new Set(),
  solved: new Set(),
  lastChecks: new Map(),
  taken: new Set(),
  limits: [],
  answers: new Map(),
  variables: new Map(),
  skipped: new Map(),
  outstanding: new Map(),
});

/**
 * What a fresh layer begins with when nobody ordered anything: the one before was lost. Asked before its own
 * server is in the history. On another image than the lost one, where a `next` kept the container, the work
 * is carried over.
 */
export const filesOfLost = ({ files, image, left }: History, standsOn: string): RestoreOrder => {
  if (left !== undefined || files === undefined) return { kind: "none" };
  return image === standsOn ? files : { ...files, kind: "carry-over" };
};

/** Brings one event into the history. */
export const applyEvent = (history: History, event: StateEvent): void => {
  switch (event.type) {
    case "step-entered":
      history.current = event.step;
      break;
    case "step-completed":
      // Earlier servers wrote this, too, of steps that had been solved for the student.
      if (history.solved.has(event.step)) break;
      (event.how === "checked" ? history.passed : history.completed).add(event.step);
      break;
    case "step-solved":
      history.solved.add(event.step);
      break;
    case "check-finished":
      history.lastChecks.set(event.step, {
        step: event.step,
        outcome: event.outcome,
        at: event.ts,
        trigger: event.trigger,
        durationMs: event.durationMs,
        assertions: event.assertions,
        ...(event.cause === undefined ? {} : { cause: event.cause }),
      });
      break;
    case "released":
      if (event.checkpoint !== undefined && event.image !== undefined && event.reason !== "stop")
        history.left = {
          checkpoint: event.checkpoint,
          image: event.image,
          reason: event.reason,
          at: event.ts,
          jobs: event.jobs ?? [],
        };
      break;
    case "server-started":
      // A container that comes back has what it had: only another one begins anew.
      if (history.left || history.image !== event.step) delete history.files;
      if (history.left) delete history.lost;
      else if (isAnother(event.layer, history.layer)) {
        history.lost = { at: event.ts, isRestored: false };
        // What the last move brought is no more.
        delete history.arrival;
      }
      if (event.layer === undefined) delete history.layer;
      else history.layer = event.layer;
      history.image = event.step;
      if (history.left) {
        history.undo = history.left;
        delete history.arrival;
        history.taken.clear();
      }
      delete history.left;
      break;
    case "limit-hit":
      history.limits.push(event);
      if (history.limits.length > 20) history.limits.shift();
      break;
    case "checkpoint":
      history.files = { kind: "exact", checkpoint: event.id };
      break;
    case "restored":
      if (!event.units) history.files = { kind: event.kind, checkpoint: event.checkpoint };
      if (!event.units && history.lost) history.lost = { ...history.lost, isRestored: true };
      if (event.units) for (const unit of event.units) history.taken.add(unit);
      else
        history.arrival = {
          ...(history.undo === undefined ? {} : { reason: history.undo.reason }),
          checkpoint: event.checkpoint,
          replaced: event.replaced,
          skipped: event.skipped,
        };
      break;
    case "variable-set":
      history.variables.set(event.name, event.value);
      break;
    case "quiz-answered": {
      const key = quizKey(event.step, event.quiz);
      const tries = (history.answers.get(key)?.tries ?? 0) + 1;
      history.answers.set(key, { answer: event.answer, isRight: event.isRight, at: event.ts, tries });
      break;
    }
    case "lines-skipped":
      history.skipped.set(event.stream, new Set([...(history.skipped.get(event.stream) ?? []), ...event.lines]));
      break;
    case "request":
      history.outstanding.set(event.id, event);
      break;
    case "request-acknowledged":
      history.outstanding.delete(event.id);
      break;
    default:
  }
};

/** Where one is not known nobody can tell. */
const isAnother = (layer: number | undefined, before: number | undefined): boolean =>
  layer !== undefined && before !== undefined && layer !== before;

export interface HistoryReader {
  /**
   * Reads `state-events.jsonl` from where the last read ended. Answers everything so far; lines that are no events
   * are answered, not fatal.
   */
  read(): Promise<{ readonly history: History; readonly badLines: readonly BadLine[] }>;
}

/** Somebody else may still write meanwhile: the file only ever grows. */
export const createHistoryReader = (runtimeFolder: string): HistoryReader => {
  const history = emptyHistory();
  const decoder = createLineDecoder((value) => stateEventSchema.parse(value));
  const text = new TextDecoder();
  let offset = 0;
  return {
    read: async () => {
      try {
        for await (const chunk of createReadStream(join(runtimeFolder, runtimeFileNames.stateEvents), {
          start: offset,
        }) as AsyncIterable<Buffer>) {
          offset += chunk.length;
          for (const event of decoder.push(text.decode(chunk, { stream: true }))) applyEvent(history, event);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
      return { history, badLines: decoder.badLines };
    },
  };
};

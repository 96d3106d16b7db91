import { createReadStream } from "node:fs";
import { join } from "node:path";
import {
  type BadLine,
  createLineDecoder,
  type LlmExchange,
  llmExchangeSchema,
  runtimeFileNames,
} from "@atelier/contract";
import { openJsonlAppender } from "@atelier/node-kit";
import type { EventLog } from "../events/event-log.ts";
import { tellStorage } from "../events/tell-stream.ts";

export type NewExchange = Omit<LlmExchange, "v" | "seq" | "ts">;

export interface LlmHistory extends Disposable {
  append(exchange: NewExchange): LlmExchange;
  /** Lines that were in it and no exchanges. */
  readonly badLines: readonly BadLine[];
  /** Newest last, at most a few, of one step. */
  ofStep(step: string): readonly LlmExchange[];
}

const keptPerStep = 10;

export interface LlmHistoryOptions {
  readonly runtimeFolder: string;
  /** Where it says when the history cannot be written. */
  readonly events: Pick<EventLog, "append">;
  readonly now: () => Date;
  /** Told every exchange that is in it already. */
  readonly onPast: (exchange: LlmExchange) => void;
}

/** Opens `llm-history.jsonl` of the volume. */
export const openLlmHistory = async ({
  runtimeFolder,
  events,
  now,
  onPast,
}: LlmHistoryOptions): Promise<LlmHistory> => {
  const stream = runtimeFileNames.llmHistory;
  const path = join(runtimeFolder, stream);
  const kept = new Map<string, LlmExchange[]>();
  const keep = (exchange: LlmExchange): void => {
    const list = kept.get(exchange.step) ?? [];
    list.push(exchange);
    if (list.length > keptPerStep) list.shift();
    kept.set(exchange.step, list);
  };
  const decoder = createLineDecoder((value) => llmExchangeSchema.parse(value));
  try {
    for await (const chunk of createReadStream(path, "utf8"))
      for (const exchange of decoder.push(chunk as string)) {
        keep(exchange);
        onPast(exchange);
      }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const appender = openJsonlAppender({ path, now, onState: tellStorage(stream, events.append) });
  return {
    append: (exchange) => {
      const stamped = appender.append(exchange) as LlmExchange;
      keep(stamped);
      return stamped;
    },
    badLines: decoder.badLines,
    ofStep: (step) => kept.get(step) ?? [],
    [Symbol.dispose]: () => appender.close(),
  };
};

import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createLineDecoder, type LlmExchange, llmExchangeSchema, runtimeFileNames } from "@atelier/contract";
import { openJsonlAppender } from "@atelier/node-kit";

export type NewExchange = Omit<LlmExchange, "v" | "seq" | "ts">;

export interface LlmHistory extends Disposable {
  append(exchange: NewExchange): LlmExchange;
  /** Newest last, at most a few, of one step. */
  ofStep(step: string): readonly LlmExchange[];
}

const keptPerStep = 10;

/** Opens `llm-history.jsonl` of the volume; `onPast` is told every exchange that is in it already. */
export const openLlmHistory = async (
  runtimeFolder: string,
  now: () => Date,
  onPast: (exchange: LlmExchange) => void,
): Promise<LlmHistory> => {
  const path = join(runtimeFolder, runtimeFileNames.llmHistory);
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
  const appender = openJsonlAppender({ path, now });
  return {
    append: (exchange) => {
      const stamped = appender.append(exchange) as LlmExchange;
      keep(stamped);
      return stamped;
    },
    ofStep: (step) => kept.get(step) ?? [],
    [Symbol.dispose]: () => appender.close(),
  };
};

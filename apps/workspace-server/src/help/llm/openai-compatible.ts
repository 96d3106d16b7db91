import { z } from "zod";
import { type Llm, type LlmEvent, LlmFailure, type ProviderOptions } from "./llm-port.ts";
import { parseData } from "./parse-data.ts";
import { postStream } from "./post-stream.ts";
import { readSse } from "./read-sse.ts";

const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish(),
  error: z.unknown().optional(),
});

/** Chat completions as OpenAI, vLLM, Ollama, LM Studio and others speak them, streamed. */
export const createOpenAiCompatible = ({ endpoint, model, key, fetch, deadlines }: ProviderOptions): Llm =>
  async function* ({ system, message, maxTokens, signal }): AsyncGenerator<LlmEvent> {
    const body = {
      model,
      max_tokens: maxTokens,
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: "system", content: system },
        { role: "user", content: message },
      ],
    };
    const chunks = postStream({
      fetch,
      deadlines,
      signal,
      url: `${endpoint}/chat/completions`,
      // Local ones take no key.
      headers: key === "" ? {} : { authorization: `Bearer ${key}` },
      body,
      onBadRequest: (words) => withoutRefused(body, words),
    });
    let reason: Extract<LlmEvent, { type: "stop" }>["reason"] | undefined;
    for await (const { data } of readSse(chunks)) {
      if (data.trim() === "[DONE]") {
        yield { type: "stop", reason: reason ?? "end" };
        return;
      }
      const chunk = parseData(data, chunkSchema, () => true);
      if (chunk?.error !== undefined && chunk.error !== null)
        throw new LlmFailure("provider-failed", "The provider failed while it answered.");
      for (const { delta, finish_reason } of chunk?.choices ?? []) {
        if (delta?.content) yield { type: "text", text: delta.content };
        if (finish_reason)
          reason = finish_reason === "length" ? "length" : finish_reason === "content_filter" ? "refused" : "end";
      }
      const { prompt_tokens: input, completion_tokens: output } = chunk?.usage ?? {};
      if (typeof input === "number" || typeof output === "number")
        yield {
          type: "usage",
          ...(typeof input === "number" ? { input } : {}),
          ...(typeof output === "number" ? { output } : {}),
        };
    }
    // Some servers close the stream after the finish reason without saying [DONE].
    if (reason !== undefined) yield { type: "stop", reason };
  };

/** Newer models refuse `max_tokens` and name the other spelling; older servers refuse `stream_options`. */
const withoutRefused = (body: Readonly<Record<string, unknown>>, words: string): unknown => {
  const { max_tokens, stream_options, ...rest } = body;
  if (words.includes("max_completion_tokens")) return { ...rest, stream_options, max_completion_tokens: max_tokens };
  if (words.includes("stream_options")) return { ...rest, max_tokens };
  return undefined;
};

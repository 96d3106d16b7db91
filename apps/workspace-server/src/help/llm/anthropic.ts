import { z } from "zod";
import { type Llm, type LlmEvent, LlmFailure, type ProviderOptions } from "./llm-port.ts";
import { parseData } from "./parse-data.ts";
import { postStream } from "./post-stream.ts";
import { readSse } from "./read-sse.ts";

export const anthropicEndpoint = "https://api.anthropic.com";

const usage = z.object({ input_tokens: z.number().nullish(), output_tokens: z.number().nullish() }).nullish();

/** The events of the Messages API that matter; every other type is skipped, as its documentation asks. */
const eventSchema = z.union([
  z.object({ type: z.literal("message_start"), message: z.object({ usage }) }),
  z.object({
    type: z.literal("content_block_delta"),
    delta: z.object({ type: z.string(), text: z.string().optional() }),
  }),
  z.object({ type: z.literal("message_delta"), delta: z.object({ stop_reason: z.string().nullish() }), usage }),
  z.object({ type: z.literal("message_stop") }),
  z.object({ type: z.literal("error"), error: z.object({ type: z.string() }) }),
]);
const known = new Set(["message_start", "content_block_delta", "message_delta", "message_stop", "error"]);

/** The Anthropic Messages API, streamed. */
export const createAnthropic = ({ endpoint, model, key, fetch, deadlines }: ProviderOptions): Llm =>
  async function* ({ system, message, maxTokens, signal }): AsyncGenerator<LlmEvent> {
    const chunks = postStream({
      fetch,
      deadlines,
      signal,
      url: `${endpoint.replace(/\/v1$/, "")}/v1/messages`,
      headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
      body: { model, max_tokens: maxTokens, stream: true, system, messages: [{ role: "user", content: message }] },
    });
    let reason: Extract<LlmEvent, { type: "stop" }>["reason"] = "end";
    for await (const { data } of readSse(chunks)) {
      const event = parseData(data, eventSchema, ({ type }) => known.has(type));
      switch (event?.type) {
        case "message_start":
          yield usageOf(event.message.usage);
          break;
        case "content_block_delta":
          if (event.delta.type === "text_delta" && event.delta.text) yield { type: "text", text: event.delta.text };
          break;
        case "message_delta":
          if (event.delta.stop_reason === "max_tokens") reason = "length";
          if (event.delta.stop_reason === "refusal") reason = "refused";
          yield usageOf(event.usage);
          break;
        case "message_stop":
          yield { type: "stop", reason };
          return;
        case "error":
          throw event.error.type === "overloaded_error" || event.error.type === "rate_limit_error"
            ? new LlmFailure("provider-busy", "The provider takes no more questions right now.")
            : new LlmFailure("provider-failed", "The provider failed while it answered.");
        default:
      }
    }
  };

const usageOf = (said: z.infer<typeof usage>): LlmEvent => ({
  type: "usage",
  ...(typeof said?.input_tokens === "number" ? { input: said.input_tokens } : {}),
  ...(typeof said?.output_tokens === "number" ? { output: said.output_tokens } : {}),
});

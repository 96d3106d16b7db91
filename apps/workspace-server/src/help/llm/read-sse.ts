import { LlmFailure } from "./llm-port.ts";

export interface SseMessage {
  /** `message` when the stream names none. */
  readonly event: string;
  readonly data: string;
}

/** Longest line and longest event. Nothing a provider says of one token comes near it. */
const maxChars = 256 * 1024;

/** Reads server-sent events. Throws {@link LlmFailure} `provider-garbled` for one that never ends. */
export async function* readSse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SseMessage> {
  const decoder = new TextDecoder();
  let pending = "";
  let event = "";
  let data: string[] = [];
  let size = 0;
  const line = (text: string): SseMessage | undefined => {
    if (text === "") {
      const message = data.length === 0 ? undefined : { event: event || "message", data: data.join("\n") };
      event = "";
      data = [];
      size = 0;
      return message;
    }
    const [, field = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(text) ?? [];
    if (field === "event") event = value;
    if (field === "data") {
      data.push(value);
      size += value.length;
    }
    return undefined;
  };
  for await (const chunk of chunks) {
    pending += decoder.decode(chunk, { stream: true });
    // A carriage return at the very end may be the first half of a line end.
    const lines = pending.split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop() ?? "";
    for (const text of lines) {
      const message = line(text);
      if (message !== undefined) yield message;
    }
    if (pending.length + size > maxChars)
      throw new LlmFailure("provider-garbled", "The provider sent an event that is far too long.");
  }
}

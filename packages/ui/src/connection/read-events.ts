/** One event of a stream (HTML, section 9.2: server-sent events), as it came. */
export interface StreamEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: string;
}

/** The events of a response's body. A block without data is no event. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (pending + decoder.decode(value, { stream: true })).split("\n\n");
      pending = blocks.pop() ?? "";
      for (const block of blocks) {
        let id: string | undefined;
        let type = "message";
        let data: string | undefined;
        for (const line of block.split("\n")) {
          const [, field, value = ""] = /^(data|event|id)(?:: ?(.*))?$/.exec(line) ?? [];
          if (field === "data") data = data === undefined ? value : `${data}\n${value}`;
          else if (field === "event") type = value;
          else if (field === "id") id = value;
        }
        if (data !== undefined) yield { id, type, data };
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

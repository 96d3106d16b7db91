/** One event of a stream, as it came. */
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
          if (line.startsWith("data: ")) data = data === undefined ? line.slice(6) : `${data}\n${line.slice(6)}`;
          else if (line.startsWith("event: ")) type = line.slice(7);
          else if (line.startsWith("id: ")) id = line.slice(4);
        }
        if (data !== undefined) yield { id, type, data };
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

import type { FileHandle } from "node:fs/promises";
import { createCastDecoder, createCastExport } from "@atelier/contract";

/**
 * The parts of a rotated recording as one asciicast v2 file. A torn line at the end of a part, normal while
 * it is written or after a crash, is left out.
 */
export async function* joinParts(parts: readonly FileHandle[]): AsyncGenerator<string> {
  const write = createCastExport("v2");
  for (const file of parts) {
    const decoder = createCastDecoder();
    const utf8 = new TextDecoder();
    for await (const chunk of file.createReadStream({ autoClose: false, start: 0 }))
      yield decoder
        .push(utf8.decode(chunk as Buffer, { stream: true }))
        .map(write)
        .join("");
  }
}

import type { FileHandle } from "node:fs/promises";
import { createInterface } from "node:readline";

/** A part of a recording: its file, and when it began. */
export interface OpenedPart {
  readonly file: FileHandle;
  readonly startedAt: Date;
}

/**
 * The parts of a rotated recording as one asciicast v2 file: one header, times that go on. A torn line at
 * the end of a part, normal while it is written or after a crash, is left out.
 *
 * Gotchas: headers tell whole seconds, so a part begins where its header says but never before the end of
 * the one before it.
 */
export async function* joinParts(parts: readonly OpenedPart[]): AsyncGenerator<string> {
  const began = parts[0]?.startedAt.getTime() ?? 0;
  let end = 0;
  for (const [index, { file, startedAt }] of parts.entries()) {
    const shift = index === 0 ? 0 : Math.max(end, (startedAt.getTime() - began) / 1000);
    const lines = createInterface({ input: file.createReadStream({ autoClose: false, start: 0 }), crlfDelay: 0 });
    let isHeader = true;
    for await (const line of lines) {
      if (isHeader) {
        isHeader = false;
        if (index === 0) yield `${line}\n`;
        continue;
      }
      const time = /^\[\s*(\d+(?:\.\d+)?)\s*,/.exec(line);
      if (time === null || !line.endsWith("]")) continue;
      end = shift + Number(time[1]);
      yield index === 0 ? `${line}\n` : `[${end.toFixed(6)},${line.slice(time[0].length)}\n`;
    }
  }
}

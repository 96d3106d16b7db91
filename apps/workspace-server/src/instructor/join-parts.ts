import type { FileHandle } from "node:fs/promises";
import { createInterface } from "node:readline";

/** A part of a recording: its file, and the seconds from the recording's beginning to its own. */
export interface OpenedPart {
  readonly file: FileHandle;
  readonly offset: number;
}

/**
 * The parts of a rotated recording as one asciicast v2 file: one header, times that go on. A torn line at
 * the end of a part, normal while it is written or after a crash, is left out.
 *
 * Lines are not taken apart further than to their time: a long recording passes through beside the shells.
 */
export async function* joinParts(parts: readonly OpenedPart[]): AsyncGenerator<string> {
  let end = 0;
  for (const [index, { file, offset }] of parts.entries()) {
    // Times never go back, whatever a header claims.
    const shift = index === 0 ? 0 : Math.max(end, offset);
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

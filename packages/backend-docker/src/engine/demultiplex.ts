import type { Readable } from "node:stream";

/** A piece of a container's output. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly data: Buffer;
}

/**
 * Takes the engine's multiplexed stream apart: frames of one byte stream id (1 stdout, 2 stderr), three
 * zero bytes, and a 32-bit big-endian length before the payload.
 */
export const demultiplex = async function* (source: Readable): AsyncGenerator<OutputChunk> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    pending = pending.length === 0 ? (chunk as Buffer) : Buffer.concat([pending, chunk as Buffer]);
    while (pending.length >= 8) {
      const end = 8 + pending.readUInt32BE(4);
      if (pending.length < end) break;
      yield { stream: pending[0] === 2 ? "stderr" : "stdout", data: pending.subarray(8, end) };
      pending = pending.subarray(end);
    }
  }
};

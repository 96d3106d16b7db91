/** What goes over the worker's stdin and stdout: kind, length, payload. */
export const frameKinds = ["order", "accepted", "data", "end", "answer", "failure"] as const;
export type FrameKind = (typeof frameKinds)[number];

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

const headerBytes = 5;
/** Longer than any answer; whoever announces more is no worker of ours. */
const longestFrame = 128 * 1024 * 1024;

export const encodeFrame = (kind: FrameKind, payload: Uint8Array = new Uint8Array()): Buffer => {
  const header = Buffer.allocUnsafe(headerBytes);
  header.writeUInt8(frameKinds.indexOf(kind), 0);
  header.writeUInt32BE(payload.length, 1);
  return payload.length === 0 ? header : Buffer.concat([header, payload]);
};

/** Cuts a byte stream into frames. Throws when the bytes are none. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;

  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= headerBytes) {
      const header = this.#peek(headerBytes);
      const kind = frameKinds[header.readUInt8(0)];
      const length = header.readUInt32BE(1);
      if (kind === undefined || length > longestFrame)
        throw new Error("the worker of the student's files talks nonsense");
      if (this.#size < headerBytes + length) return;
      const whole = this.#peek(headerBytes + length);
      const rest = this.#chunks[0]?.subarray(headerBytes + length);
      this.#size -= headerBytes + length;
      this.#chunks = rest && rest.length > 0 ? [rest, ...this.#chunks.slice(1)] : this.#chunks.slice(1);
      yield { kind, payload: whole.subarray(headerBytes) };
    }
  }

  /** The first bytes in one piece, as the first chunk. */
  #peek(length: number): Buffer {
    const [first] = this.#chunks;
    if (first !== undefined && first.length >= length) return first.subarray(0, length);
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all.subarray(0, length);
  }
}

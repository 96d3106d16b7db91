import { PrivateModes } from "./private-modes.ts";

/**
 * The newest output of one shell, addressed by byte offset. Capped in bytes; drops whole chunks from the
 * front. Viewers read it by cursor, so no viewer has a queue of its own.
 */
export class ReplayBuffer {
  readonly #chunks: Uint8Array[] = [];
  readonly #capacity: number;
  #start = 0;
  #head = 0;
  readonly #dropped = new PrivateModes();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Offset of the oldest byte still here. */
  get start(): number {
    return this.#start;
  }
  /** Offset right after the newest byte. */
  get head(): number {
    return this.#head;
  }

  /** The sequence that sets the modes which the dropped output had set. */
  get droppedModes(): string {
    return this.#dropped.sequence;
  }

  append(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#head += chunk.length;
    while (this.#head - this.#start > this.#capacity && this.#chunks.length > 1) {
      const oldest = this.#chunks.shift() as Uint8Array;
      this.#start += oldest.length;
      this.#dropped.push(oldest);
    }
  }

  /**
   * At most `limit` bytes from `offset` on; undefined when that is no longer (or not yet) here. One chunk
   * is answered as it is, without a copy.
   */
  read(offset: number, limit: number): Uint8Array | undefined {
    if (offset < this.#start || offset > this.#head) return undefined;
    // Readers are near the end: walk back from there.
    let index = this.#chunks.length;
    let position = this.#head;
    while (index > 0 && position > offset) position -= this.#chunks[--index]?.length ?? 0;
    const parts: Uint8Array[] = [];
    let size = 0;
    for (let skip = offset - position; index < this.#chunks.length && size < limit; index++, skip = 0) {
      const chunk = this.#chunks[index] as Uint8Array;
      const part = chunk.subarray(skip, skip + limit - size);
      parts.push(part);
      size += part.length;
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }
}

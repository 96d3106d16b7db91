import { PrivateModes } from "./private-modes.ts";

/**
 * The newest output of one shell, addressed by byte offset, in one ring: nothing is allocated while
 * output comes, and memory is touched as it fills. Viewers read it by cursor, so no viewer has a queue of
 * its own.
 */
export class ReplayBuffer {
  readonly #ring: Buffer;
  readonly #dropped = new PrivateModes();
  #head = 0;

  constructor(capacity: number) {
    this.#ring = Buffer.allocUnsafeSlow(capacity);
  }

  /** Offset of the oldest byte still here. */
  get start(): number {
    return Math.max(0, this.#head - this.#ring.length);
  }
  /** Offset right after the newest byte. */
  get head(): number {
    return this.#head;
  }

  /** What all output up to `offset` has set, the dropped output included. Reads what is here up to there. */
  modesAt(offset: number): PrivateModes {
    return this.modesAfter(new PrivateModes(this.#dropped), this.start, offset);
  }

  /** The same of who knows all up to `from`, which is still here: reads, and has `modes` take, only what follows. */
  modesAfter(modes: PrivateModes, from: number, offset: number): PrivateModes {
    for (let at = from; at < offset; ) {
      const bytes = this.read(at, offset - at);
      if (bytes === undefined) break;
      modes.push(bytes);
      at += bytes.length;
    }
    return modes;
  }

  /** Copies the bytes in. */
  append(bytes: Uint8Array): void {
    const capacity = this.#ring.length;
    for (let done = 0; done < bytes.length; ) {
      const at = this.#head % capacity;
      const length = Math.min(bytes.length - done, capacity - at);
      if (this.#head >= capacity) this.#dropped.push(this.#ring.subarray(at, at + length));
      this.#ring.set(done === 0 && length === bytes.length ? bytes : bytes.subarray(done, done + length), at);
      this.#head += length;
      done += length;
    }
  }

  /**
   * At most `limit` bytes from `offset` on; undefined when that is no longer (or not yet) here. A view
   * that later output overwrites, at most up to the ring's end: ask again for the rest.
   */
  read(offset: number, limit: number): Uint8Array | undefined {
    if (offset < this.start || offset > this.#head) return undefined;
    const at = offset % this.#ring.length;
    return this.#ring.subarray(at, at + Math.min(limit, this.#head - offset, this.#ring.length - at));
  }

  /** The same as a copy that stays, and the whole of it. */
  copy(offset: number, limit: number): Buffer | undefined {
    const first = this.read(offset, limit);
    if (first === undefined) return undefined;
    const rest = this.read(offset + first.length, limit - first.length);
    return Buffer.concat(rest === undefined ? [first] : [first, rest]);
  }
}

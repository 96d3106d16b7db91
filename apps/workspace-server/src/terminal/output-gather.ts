/** A record and a frame for so much, and not for every 4 KiB that the kernel hands out. */
const gatherBytes = 64 * 1024;
const gatherMs = 2;

/**
 * Brings small pieces of output together. What comes after a silence, a key's echo, goes on at once; what
 * follows close behind is gathered. The bytes given to `flush` are overwritten by what comes next.
 */
export class OutputGather {
  readonly #flush: (bytes: Buffer) => void;
  readonly #memory = Buffer.allocUnsafeSlow(gatherBytes);
  #limit = gatherBytes;
  #size = 0;
  #flushedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(flush: (bytes: Buffer) => void) {
    this.#flush = flush;
  }

  /** So much at once at most; less when a viewer reads slowly, more than there is memory for never. */
  set limit(bytes: number) {
    this.#limit = Math.min(gatherBytes, Math.max(1, bytes));
  }

  push(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      if (this.#size >= this.#limit) this.flush();
      const room = this.#limit - this.#size;
      const piece = from === 0 && bytes.length <= room ? bytes : bytes.subarray(from, from + room);
      this.#memory.set(piece, this.#size);
      this.#size += piece.length;
      from += piece.length;
      if (this.#size >= this.#limit) this.flush();
    }
    if (this.#size === 0) return;
    if (performance.now() - this.#flushedAt > gatherMs) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushedAt = performance.now();
    if (this.#size === 0) return;
    const size = this.#size;
    this.#size = 0;
    this.#flush(this.#memory.subarray(0, size));
  }
}

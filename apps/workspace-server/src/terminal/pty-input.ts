import { writeSync } from "node:fs";

export interface PtyInputOptions {
  /** Of the terminal's master, not blocking. */
  readonly fd: number;
  /** Whether `fd` is still this terminal's: a closed one's number soon belongs to something else. */
  readonly isOpen: () => boolean;
}

/** As much as the kernel takes at most, so that a write is soon over. */
const chunkBytes = 64 * 1024;
/** Four of the longest messages a viewer may send. A paste waits in here whole, or not at all. */
const mostBytes = 4 * 1024 * 1024;
/** Until the next try after one in vain: the first time, and when the program has not read for long. */
const retryMs = { first: 1, longest: 64 } as const;

/**
 * What is typed into a terminal, in order. Whatever the kernel does not take at once, because the program
 * is not reading, waits here and the server goes on: a stream of libuv's would wait in the write instead,
 * for ever where the program for its part waits until its output is read.
 */
export class PtyInput {
  readonly #options: PtyInputOptions;
  /** Filled one after the other, so that single keys cost no more than their bytes. */
  #chunks: Buffer[] = [];
  /** In the first chunk, what the kernel has. */
  #taken = 0;
  /** In the last chunk, what is filled. */
  #filled = 0;
  #retryMs: number = retryMs.first;
  /** The next turn's, while the program reads. */
  #next: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;

  constructor(options: PtyInputOptions) {
    this.#options = options;
  }

  /** Answers false when too much is waiting already: then nothing of these bytes is ever typed. */
  write(bytes: Uint8Array): boolean {
    if (this.#chunks.length > 0) return this.#keep(bytes);
    const taken = this.#give(bytes.subarray(0, chunkBytes));
    return taken === bytes.length || this.#keep(bytes.subarray(taken));
  }

  /** Drops what is waiting. */
  end(): void {
    clearImmediate(this.#next);
    clearTimeout(this.#later);
    this.#chunks = [];
  }

  get #waiting(): number {
    return this.#chunks.length * chunkBytes - this.#taken - (chunkBytes - this.#filled);
  }

  #keep(bytes: Uint8Array): boolean {
    if (this.#chunks.length === 0) {
      this.#taken = 0;
      this.#filled = chunkBytes;
      this.#retryMs = retryMs.first;
      this.#retryLater();
    } else if (this.#waiting + bytes.length > mostBytes) return false;
    for (let from = 0; from < bytes.length; ) {
      if (this.#filled === chunkBytes) {
        this.#chunks.push(Buffer.allocUnsafeSlow(chunkBytes));
        this.#filled = 0;
      }
      const part = bytes.subarray(from, from + chunkBytes - this.#filled);
      this.#chunks.at(-1)?.set(part, this.#filled);
      this.#filled += part.length;
      from += part.length;
    }
    return true;
  }

  /** One chunk, then others have their turn. */
  #retry(): void {
    const [first] = this.#chunks;
    if (first === undefined) return;
    const isLast = this.#chunks.length === 1;
    const taken = this.#give(first.subarray(this.#taken, isLast ? this.#filled : chunkBytes));
    this.#taken += taken;
    if (this.#taken === (isLast ? this.#filled : chunkBytes)) {
      this.#chunks.shift();
      this.#taken = 0;
    }
    if (this.#chunks.length === 0) return;
    if (taken === 0) {
      this.#retryLater();
      return;
    }
    this.#retryMs = retryMs.first;
    this.#next = setImmediate(() => this.#retry());
  }

  #retryLater(): void {
    this.#later = setTimeout(() => this.#retry(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, retryMs.longest);
  }

  /** How much the kernel has taken. What nobody is left to read counts as taken. */
  #give(bytes: Uint8Array): number {
    if (!this.#options.isOpen()) return bytes.length;
    try {
      return writeSync(this.#options.fd, bytes);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EAGAIN" ? 0 : bytes.length;
    }
  }
}

import type { Size } from "./active-viewer.ts";

/** A size that a terminal took, and where in its output. */
export interface SizeChange {
  /** From 0 on. */
  readonly number: number;
  /** What comes from here on is for that size. */
  readonly offset: number;
  readonly size: Size;
}

/** Whoever drags a window for ever costs no more than this: of older changes only what came of them is known. */
const mostChanges = 500;

/**
 * The sizes of one shell's terminal beside its output. Output means something else at another size, so
 * whoever reads it late must take each size where the terminal took it.
 */
export class SizeHistory {
  #first: Size;
  readonly #changes: SizeChange[] = [];
  #count = 0;

  constructor(first: Size) {
    this.#first = first;
  }

  /** Before all changes that are known. */
  get first(): Size {
    return this.#first;
  }

  push(offset: number, size: Size): void {
    this.#changes.push({ number: this.#count++, offset, size });
    if (this.#changes.length > mostChanges) this.#first = this.#changes.shift()?.size ?? this.#first;
  }

  /** The first change from that number on. */
  from(number: number): SizeChange | undefined {
    const [oldest] = this.#changes;
    return oldest && this.#changes[Math.max(0, number - oldest.number)];
  }

  /** Number of the first change beyond `offset`. */
  after(offset: number): number {
    return this.#changes.find((change) => change.offset > offset)?.number ?? this.#count;
  }

  /** The size for what comes from `offset` on. */
  at(offset: number): Size {
    return this.#changes.findLast((change) => change.offset <= offset)?.size ?? this.#first;
  }
}

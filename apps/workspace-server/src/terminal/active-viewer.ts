export interface Size {
  readonly cols: number;
  readonly rows: number;
}

export const isSameSize = (one: Size, other: Size): boolean => one.cols === other.cols && one.rows === other.rows;

/**
 * Whose size a terminal has that several viewers look at: theirs who typed last, and before anybody has
 * typed theirs who came first. Each answer is the size that the terminal should have now.
 */
export class ActiveViewer<Viewer> {
  /** Newest last: who typed, in that order, then before them who only came. */
  #order: Viewer[] = [];
  readonly #sizes = new Map<Viewer, Size>();

  /** A viewer has come, or its window has changed. */
  fits(viewer: Viewer, size: Size): Size | undefined {
    if (!this.#sizes.has(viewer)) this.#order.unshift(viewer);
    this.#sizes.set(viewer, size);
    return this.#wanted();
  }

  typed(viewer: Viewer): Size | undefined {
    if (this.#order.at(-1) === viewer || !this.#sizes.has(viewer)) return this.#wanted();
    this.#order = [...this.#order.filter((other) => other !== viewer), viewer];
    return this.#wanted();
  }

  left(viewer: Viewer): Size | undefined {
    this.#order = this.#order.filter((other) => other !== viewer);
    this.#sizes.delete(viewer);
    return this.#wanted();
  }

  is(viewer: Viewer): boolean {
    return this.#order.at(-1) === viewer;
  }

  #wanted(): Size | undefined {
    const viewer = this.#order.at(-1);
    return viewer === undefined ? undefined : this.#sizes.get(viewer);
  }
}

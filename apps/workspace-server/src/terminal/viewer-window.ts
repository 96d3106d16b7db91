import { flowWindow } from "@atelier/contract";

/**
 * Bounds in bytes; between them a window is what its viewer reads in a moment. A page that paints reads once
 * in a frame or two, longer than that moment on a busy machine: its window is all it gets meanwhile, however
 * fast it reads.
 */
export const windowBounds = { least: 64 * 1024, most: 1024 * 1024 } as const;
/**
 * What a window holds of a viewer's reading beyond the round trip: xterm.js parses up to 12 ms without a
 * pause, and one that waited for more bytes meanwhile would lose time. What lies in it delays Ctrl-C.
 */
const readingMs = 12;
/**
 * What server and kernel may still hold of a flood that was interrupted, and the prompt behind it: sent at once
 * it is read with the rest, and not a whole turn of the page later.
 */
const lastWordsBytes = 64 * 1024;
/** A page reads in bursts, a frame of its screen each. */
const sampleMs = 30;
const silenceMs = 5;

/**
 * How many bytes may be under way to a viewer: what it reads in its round trip and a moment more. A page
 * on a busy machine gets little, so that Ctrl-C shows soon; a fast client gets much. Times in milliseconds.
 */
export class ViewerWindow {
  #bytes: number = flowWindow.high;
  #roundTrip: number | undefined;
  /** Bytes per millisecond; 0: not known yet. */
  #rate = 0;
  #from = { at: 0, offset: 0 };
  /** Output had to wait for an acknowledgement since the sample began: the viewer sets the pace. */
  #isFull = false;
  #isStarving = false;
  #readAt = Number.NEGATIVE_INFINITY;
  /** What was under way when the viewer interrupted ends here. */
  #interruptedAt: number | undefined;

  get bytes(): number {
    return this.#bytes + (this.isInterrupted ? lastWordsBytes : 0);
  }
  /** What was under way when the viewer interrupted has not been read yet. */
  get isInterrupted(): boolean {
    return this.#interruptedAt !== undefined;
  }
  /** A frame is a part of the window, so that acknowledgements come while the rest is under way. */
  get frameBytes(): number {
    return Math.min(64 * 1024, Math.max(flowWindow.ackEvery, Math.floor(this.#bytes / 4)));
  }

  /** A ping was answered: what lies in between is the network, without the viewer's reading. */
  answered(took: number): void {
    this.#roundTrip = Math.min(this.#roundTrip ?? took, took);
  }

  /** Something is sent while nothing is under way: after a silence, time before now says nothing about the viewer. */
  begins(at: number, offset: number): void {
    if (at - this.#readAt < silenceMs) return;
    this.#from = { at, offset };
    this.#isFull = false;
  }

  isFull(): void {
    this.#isFull = true;
  }

  /** What comes next begins at another place: what was under way before is not waited for any more. */
  startsAt(at: number, offset: number): void {
    this.#from = { at, offset };
    this.#isFull = false;
    this.#isStarving = false;
    this.#interruptedAt = undefined;
  }

  /** The viewer has sent an interrupt while everything up to `offset` was under way. */
  interrupts(offset: number): void {
    this.#interruptedAt ??= offset;
  }

  /**
   * The viewer has read up to `offset`. Who has read all that was sent, though there is more, had to wait:
   * its window grows, for whoever answers more seldom than it lasts would otherwise look slow for ever.
   */
  read(at: number, { offset, isAll }: { readonly offset: number; readonly isAll: boolean }): void {
    this.#readAt = at;
    if (this.#interruptedAt !== undefined && offset >= this.#interruptedAt) this.#interruptedAt = undefined;
    if (isAll && this.#isFull) this.#isStarving = true;
    const took = at - this.#from.at;
    if (took < sampleMs) return;
    const rate = (offset - this.#from.offset) / took;
    // Who is given less than it could read shows only that it reads at least so much.
    if (rate > this.#rate) this.#rate += (rate - this.#rate) / (this.#rate === 0 ? 1 : 2);
    else if (this.#isFull) this.#rate += (rate - this.#rate) / 4;
    const grown = this.#isStarving ? Math.min(flowWindow.high, Math.floor(this.#bytes * 1.5)) : 0;
    this.#from = { at, offset };
    this.#isFull = false;
    this.#isStarving = false;
    if (this.#roundTrip === undefined) return;
    const wanted = Math.round(this.#rate * (this.#roundTrip + readingMs));
    this.#bytes = Math.min(windowBounds.most, Math.max(windowBounds.least, wanted, grown));
  }
}

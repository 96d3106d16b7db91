import { PrivateModes } from "./private-modes.ts";
import type { ReplayBuffer } from "./replay-buffer.ts";
import { firstLikelySafePoint, lastCharacterEnd } from "./safe-points.ts";
import { createScreenMirror, type ScreenMirror } from "./screen-mirror.ts";
import type { SizeHistory } from "./size-history.ts";

/** About a millisecond of the mirror's work, and twice what a terminal reads in a turn, so that it catches up. */
const catchUpSlice = 32 * 1024;
/** An escape sequence longer than this is none. */
const longestSequence = 1024 * 1024;
/** What a full-screen program may print between two looks and still be followed: its mirror has some 20 ms of work. */
const followedBytes = 512 * 1024;
/** What may lie before the mirror meanwhile; with a burst between two looks it must all still be in the buffer. */
const mostUnread = 256 * 1024;

/** The mirror of one shell's output, which is made and fed when a snapshot is asked for. */
export class LazyMirror {
  readonly #buffer: ReplayBuffer;
  readonly #sizes: SizeHistory;
  #mirror: Promise<ScreenMirror> | undefined;
  #fed = 0;
  #lookedAt = 0;
  /** What all output up to `#scanned` has set: to read all that is kept at each look would hold typing up. */
  #modes = new PrivateModes();
  #scanned = 0;

  constructor(buffer: ReplayBuffer, sizes: SizeHistory) {
    this.#buffer = buffer;
    this.#sizes = sizes;
  }

  /**
   * The mirror, fed up to the last safe point; what follows that point goes to a viewer as it is.
   * @throws when there can be none; the next one who asks may get one
   */
  async caughtUp(): Promise<ScreenMirror> {
    const making = (this.#mirror ??= createScreenMirror(this.#sizes));
    try {
      const mirror = await making;
      await this.#catchUp(mirror);
      return mirror;
    } catch (error) {
      // What is half fed paints nothing right.
      if (this.#mirror === making) this.dispose();
      throw error;
    }
  }

  /**
   * To be called about once a second. A full-screen program draws its frame once and then only what changes:
   * the mirror must have the frame before the buffer drops it. Lines leave by themselves, and what comes fast
   * is drawn anew before long: neither is followed.
   */
  async look(): Promise<void> {
    const { head } = this.#buffer;
    const printed = head - this.#lookedAt;
    this.#lookedAt = head;
    if (printed === 0 || printed > followedBytes || head - this.#fed < mostUnread) return;
    if (this.#modesNow().isAlternateScreen) await this.caughtUp();
  }

  dispose(): void {
    this.#mirror?.then((mirror) => mirror.dispose()).catch(() => undefined);
    this.#mirror = undefined;
    this.#fed = 0;
  }

  #modesNow(): PrivateModes {
    const { start, head } = this.#buffer;
    this.#modes =
      this.#scanned < start ? this.#buffer.modesAt(head) : this.#buffer.modesAfter(this.#modes, this.#scanned, head);
    this.#scanned = head;
    return this.#modes;
  }

  /** In slices, so that typing elsewhere stays quick meanwhile. */
  async #catchUp(mirror: ScreenMirror): Promise<void> {
    const buffer = this.#buffer;
    for (let slice = catchUpSlice; mirror.fed < buffer.head; this.#fed = mirror.fed) {
      const behind = buffer.copy(mirror.fed, slice);
      if (behind === undefined) {
        const { start } = buffer;
        const from = start + firstLikelySafePoint(buffer.copy(start, catchUpSlice) ?? new Uint8Array());
        await mirror.skipTo(from, buffer.modesAt(from).sequence);
        continue;
      }
      const { fed } = mirror;
      if ((await mirror.write(behind)) > 0) slice = catchUpSlice;
      // Somebody else who waits for it has fed it meanwhile: what is behind it is another piece now.
      else if (mirror.fed !== fed) continue;
      else if (behind.length < slice) return;
      // Not one safe point in so much: one endless sequence, or one endless line.
      else if (slice >= longestSequence) await mirror.force(behind.subarray(0, lastCharacterEnd(behind)));
      else slice *= 4;
    }
  }
}

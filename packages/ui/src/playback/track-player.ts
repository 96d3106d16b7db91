import type { TerminalSource, TerminalSourceEvent } from "../terminal/terminal-source.ts";
import type { CastTrack } from "./cast-track.ts";

/** What a player needs of the machine that it runs on. */
export interface PlayerClock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls the task with the next picture; answers what forgets it. */
  frame(task: () => void): () => void;
}

export interface PlayerState {
  /** Seconds from the beginning. */
  readonly position: number;
  readonly isPlaying: boolean;
}

/** Plays a track on whatever screen its source is given to. */
export interface TrackPlayer {
  readonly source: TerminalSource;
  play(): void;
  pause(): void;
  seek(seconds: number): void;
  setSpeed(speed: number): void;
  /** Whether times in which nothing is printed are cut short. */
  setSkipping(isSkipping: boolean): void;
  /** The same value until something changes. */
  read(): PlayerState;
  subscribe(listener: () => void): () => void;
  dispose(): void;
}

/** What one call of a screen gets at most, so that it stays answering during a long way. */
const mostCharacters = 128 * 1024;
/** A page that was in the background does not run through what it missed. */
const mostSecondsAtOnce = 1;
/** What is left of a pause that is cut short, on both sides. */
const pauseSeconds = 0.8;

const encoder = new TextEncoder();

/**
 * A player of one recording. Going back paints it again from its beginning: a terminal knows no way back,
 * and it is fast enough for the sizes that a page takes.
 */
export const createTrackPlayer = (track: CastTrack, clock: PlayerClock): TrackPlayer => {
  const { frames, duration } = track;
  let state: PlayerState = { position: 0, isPlaying: false };
  let speed = 1;
  let isSkipping = false;
  let since = 0;
  let forget = (): void => {};
  let screen: Screen | undefined;
  const listeners = new Set<() => void>();

  const change = (next: Partial<PlayerState>): void => {
    state = { ...state, ...next };
    screen?.show(countUntil(frames, state.position));
    for (const listener of listeners) listener();
  };
  /** Where to go on at the latest, when nothing is printed before `position`. */
  const withoutPause = (position: number): number => {
    const index = countUntil(frames, position);
    const next = frames[index]?.t ?? duration;
    const before = frames[index - 1]?.t ?? 0;
    return position - before > pauseSeconds ? Math.max(position, next - pauseSeconds) : position;
  };
  const tick = (): void => {
    const now = clock.now();
    const passed = Math.min(mostSecondsAtOnce, (now - since) / 1000) * speed;
    since = now;
    const reached = Math.min(duration, state.position + passed);
    const position = isSkipping ? Math.min(duration, withoutPause(reached)) : reached;
    forget = position < duration ? clock.frame(tick) : () => {};
    change({ position, isPlaying: position < duration });
  };

  return {
    source: {
      readOnly: true,
      connect: (_size, listen) => {
        const own = createScreen(track, listen);
        screen = own;
        listen({ type: "status", status: { connection: { phase: "live", since: 0, attempt: 0 }, shell: "ready" } });
        own.show(countUntil(frames, state.position));
        const nothing = (): void => {};
        return {
          write: nothing,
          resize: nothing,
          restart: nothing,
          reconnect: nothing,
          close: () => {
            own.close();
            if (screen === own) screen = undefined;
          },
        };
      },
    },
    play: () => {
      if (state.isPlaying) return;
      since = clock.now();
      forget = clock.frame(tick);
      change({ isPlaying: true, ...(state.position >= duration ? { position: 0 } : {}) });
    },
    pause: () => {
      forget();
      if (state.isPlaying) change({ isPlaying: false });
    },
    seek: (seconds) => change({ position: Math.max(0, Math.min(seconds, duration)) }),
    setSpeed: (next) => {
      speed = next;
    },
    setSkipping: (next) => {
      isSkipping = next;
    },
    read: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      forget();
      listeners.clear();
    },
  };
};

interface Screen {
  /** Has the screen look as it did after so many frames. */
  show(count: number): void;
  close(): void;
}

/** Paints frames one after the other; a wish that comes meanwhile is seen to before the next one. */
const createScreen = ({ frames, size }: CastTrack, listen: (event: TerminalSourceEvent) => void): Screen => {
  let wanted = 0;
  /** Undefined before anything was painted. */
  let painted: number | undefined;
  let isOpen = true;
  let isPainting = false;

  const paint = async (): Promise<void> => {
    isPainting = true;
    while (isOpen && painted !== wanted) {
      if (painted === undefined || wanted < painted) {
        listen({ type: "snapshot", size, bytes: new Uint8Array() });
        painted = 0;
        continue;
      }
      const frame = frames[painted];
      if (frame !== undefined && "size" in frame) {
        listen({ type: "size", size: frame.size });
        painted++;
        continue;
      }
      let output = "";
      for (let next = frames[painted]; painted < wanted && output.length < mostCharacters; next = frames[painted]) {
        if (next === undefined || "size" in next) break;
        output += next.output;
        painted++;
      }
      // A size is taken at once, output when the screen comes to it: the one waits for the other.
      await new Promise<void>((consumed) => listen({ type: "output", bytes: encoder.encode(output), consumed }));
    }
    isPainting = false;
  };

  return {
    show: (count) => {
      wanted = count;
      if (isPainting) return;
      paint().catch((cause: unknown) => {
        isOpen = false;
        listen({ type: "notice", message: String(cause) });
      });
    },
    close: () => {
      isOpen = false;
    },
  };
};

/** How many entries are not later than a time. */
const countUntil = (entries: readonly { readonly t: number }[], t: number): number => {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.t ?? 0) <= t) low = middle + 1;
    else high = middle;
  }
  return low;
};

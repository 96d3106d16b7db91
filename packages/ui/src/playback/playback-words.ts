import type { CheckOutcome } from "@atelier/contract";

/** Every word of the player and its timeline; each page brings its own from its catalogue. */
export interface PlaybackWords {
  readonly choose: string;
  readonly option: (terminal: string, startedAt: string, isLive: boolean) => string;
  /** Stands behind the option of a part. */
  readonly part: (part: number, of: number) => string;
  /** Why a recording is played in parts, and what that means for the screen. */
  readonly inParts: string;
  /** There is no recording yet. */
  readonly none: string;
  /** There will be none, and why. */
  readonly off: string;
  readonly loading: string;
  readonly failed: (cause: string) => string;
  readonly again: string;
  readonly reload: string;
  readonly speed: string;
  readonly skipPauses: string;
  readonly firstError: string;
  readonly noError: string;
  readonly download: (size: string) => string;
  readonly search: string;
  readonly timeline: string;
  readonly noTimeline: string;
  readonly command: (exitCode: number | undefined) => string;
  readonly check: (outcome: CheckOutcome, step: string) => string;
  readonly step: (id: string) => string;
  readonly tooLarge: (size: string) => string;
  readonly position: (seconds: number) => string;
  readonly player: string;
  readonly screen: (terminal: string) => string;
  readonly play: string;
  readonly pause: string;
  /** Name of the bar that tells and sets the place. */
  readonly place: string;
}

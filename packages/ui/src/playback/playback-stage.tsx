import { type ReactNode, type RefObject, useCallback, useState } from "react";
import type { ScreenOptions } from "../terminal/screen.ts";
import { CastPlayer, type CastPlayerHandle } from "./cast-player.tsx";
import type { CastTrack } from "./cast-track.ts";
import type { PlaybackWords } from "./playback-words.ts";
import { isFailure, type TimelineEntry } from "./timeline.ts";
import { TimelineList } from "./timeline-list.tsx";

export interface PlaybackStageProps {
  readonly track: CastTrack;
  readonly terminal: string;
  readonly entries: readonly TimelineEntry[];
  readonly speed: number;
  readonly isSkipping: boolean;
  readonly startAt: number;
  readonly words: PlaybackWords;
  readonly screen: Omit<ScreenOptions, "readOnly">;
  readonly player: RefObject<CastPlayerHandle | null>;
}

/** The player, and what happened beside it. */
export const PlaybackStage = ({ entries, player, words, ...rest }: PlaybackStageProps): ReactNode => {
  const [current, setCurrent] = useState<TimelineEntry>();
  // A little late rather than early: a jump to an entry may land a hair before its time.
  const follow = useCallback(
    (position: number) => setCurrent(entries.findLast(({ t }) => t <= position + 0.01)),
    [entries],
  );
  return (
    <div className="playback__stage">
      <CastPlayer
        {...rest}
        words={words}
        marks={entries.map((entry) => ({ t: entry.t, isFailure: isFailure(entry) }))}
        onPosition={follow}
        handle={player}
      />
      <TimelineList
        entries={entries}
        current={current}
        words={words}
        onSeek={(entry) => player.current?.seek(entry.t)}
      />
    </div>
  );
};

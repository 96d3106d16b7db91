import "./playback.css";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Button } from "../controls/button.tsx";
import type { ScreenOptions } from "../terminal/screen.ts";
import { TerminalPane } from "../terminal/terminal-pane.tsx";
import type { CastTrack } from "./cast-track.ts";
import type { PlaybackWords } from "./playback-words.ts";
import { createTrackPlayer, type PlayerClock } from "./track-player.ts";

export interface CastPlayerHandle {
  seek(seconds: number): void;
}

export interface CastPlayerProps {
  readonly track: CastTrack;
  readonly terminal: string;
  readonly speed: number;
  readonly isSkipping: boolean;
  /** Places worth finding, shown along the bar. */
  readonly marks: readonly { readonly t: number; readonly isFailure: boolean }[];
  readonly startAt: number;
  readonly words: PlaybackWords;
  readonly screen: Omit<ScreenOptions, "readOnly">;
  readonly onPosition: (seconds: number) => void;
  readonly handle?: Ref<CastPlayerHandle>;
}

const clock: PlayerClock = {
  now: () => performance.now(),
  frame: (task) => {
    const id = requestAnimationFrame(task);
    return () => cancelAnimationFrame(id);
  },
};
const jumpSeconds = 5;

/** Where a key leads, as players have them. */
const placeOfKey = (key: string, position: number, duration: number): number | undefined =>
  key === "ArrowLeft"
    ? position - jumpSeconds
    : key === "ArrowRight"
      ? position + jumpSeconds
      : key === "Home"
        ? 0
        : key === "End"
          ? duration
          : undefined;

/** Plays a recording on the same screen that live terminals have. */
export const CastPlayer = (props: CastPlayerProps): ReactNode => {
  const { track, terminal, speed, isSkipping, marks, startAt, words, screen, onPosition, handle } = props;
  const [firstPlace] = useState(startAt);
  const player = useMemo(() => {
    const made = createTrackPlayer(track, clock);
    // Not on a screen that is still empty.
    made.seek(Math.max(firstPlace, track.frames[0]?.t ?? 0));
    return made;
  }, [track, firstPlace]);
  const { position, isPlaying } = useSyncExternalStore(player.subscribe, player.read);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => () => player.dispose(), [player]);
  useEffect(() => player.setSpeed(speed), [player, speed]);
  useEffect(() => player.setSkipping(isSkipping), [player, isSkipping]);
  useEffect(() => onPosition(position), [onPosition, position]);
  useImperativeHandle(handle, () => ({ seek: player.seek }), [player]);

  const toggle = (): void => (isPlaying ? player.pause() : player.play());
  const onKey = (event: KeyboardEvent): void => {
    // Also while the screen has the focus: nobody can type there.
    if (event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof HTMLTextAreaElement)) return;
    const place = placeOfKey(event.key, position, track.duration);
    if (event.key === " ") toggle();
    else if (place !== undefined) player.seek(place);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const told = `${words.position(position)} / ${words.position(track.duration)}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div className="cast-player" role="group" aria-label={words.player} onKeyDownCapture={onKey}>
      <div className="cast-player__screen">
        <TerminalPane
          source={player.source}
          label={words.screen(terminal)}
          options={{ ...screen, readOnly: true }}
          onLeave={() => button.current?.focus()}
        />
      </div>
      <div className="cast-player__bar">
        <Button
          ref={button}
          size="small"
          icon={isPlaying ? "pause" : "play"}
          aria-label={isPlaying ? words.pause : words.play}
          onPress={toggle}
        />
        <div className="cast-player__track">
          <input
            type="range"
            min={0}
            max={track.duration}
            step={track.duration > 120 ? 1 : 0.1}
            value={position}
            aria-label={words.place}
            aria-valuetext={told}
            onChange={({ target }) => player.seek(Number(target.value))}
          />
          <span className="cast-player__marks" aria-hidden="true">
            {marks.map(({ t, isFailure }, index) => (
              <i
                // biome-ignore lint/suspicious/noArrayIndexKey: two marks may stand at one place.
                key={index}
                data-failed={isFailure || undefined}
                style={{ insetInlineStart: `${(t / Math.max(track.duration, 0.001)) * 100}%` }}
              />
            ))}
          </span>
        </div>
        <span className="cast-player__time" aria-hidden="true">
          {told}
        </span>
      </div>
    </div>
  );
};

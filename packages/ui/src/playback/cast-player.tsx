import "./playback.css";
import { type ReactNode, type Ref, useCallback, useEffect, useImperativeHandle, useRef } from "react";
import type { Player } from "./player.ts";

export interface CastPlayerHandle {
  seek(seconds: number): void;
}

export interface CastPlayerProps {
  /** All of an asciicast v2. */
  readonly text: string;
  readonly duration: number;
  readonly speed: number;
  readonly label: string;
  readonly markers: readonly (readonly [number, string])[];
  readonly startAt: number;
  readonly handle?: Ref<CastPlayerHandle>;
}

/** The player itself is loaded with the first recording that is looked at. */
export const CastPlayer = ({ text, duration, speed, label, markers, startAt, handle }: CastPlayerProps): ReactNode => {
  const element = useRef<HTMLDivElement>(null);
  const player = useRef<Player | undefined>(undefined);
  const place = useRef<{ readonly at: number; readonly isPlaying: boolean }>({ at: startAt, isPlaying: false });
  const latestMarkers = useRef(markers);
  latestMarkers.current = markers;
  // asciinema-player 3.18 can hang at the very end of a recording of many full screens.
  const within = useCallback((seconds: number): number => Math.max(0, Math.min(seconds, duration - 0.001)), [duration]);

  useEffect(() => {
    let isGone = false;
    let isPlaying = place.current.isPlaying;
    let own: Player | undefined;
    import("./player.ts")
      .then(({ createPlayer }) => {
        if (isGone || element.current === null) return;
        own = createPlayer(text, element.current, {
          speed,
          markers: latestMarkers.current,
        });
        own.addEventListener("playing", () => {
          isPlaying = true;
        });
        for (const end of ["pause", "ended"] as const)
          own.addEventListener(end, () => {
            isPlaying = false;
          });
        player.current = own;
        // Shows the place at once, where `startAt` would wait for somebody to press play.
        const opened = own;
        return opened.seek(within(place.current.at)).then(() => (isPlaying ? opened.play() : undefined));
      })
      .catch((error: unknown) => {
        if (element.current) element.current.textContent = String(error);
      });
    return () => {
      isGone = true;
      if (own) place.current = { at: own.getCurrentTime(), isPlaying };
      own?.dispose();
      player.current = undefined;
    };
    // Another speed needs another player, at the same place.
  }, [text, speed, within]);

  useImperativeHandle(handle, () => ({
    seek: (seconds) => {
      place.current = { ...place.current, at: within(seconds) };
      player.current?.seek(within(seconds)).catch(() => undefined);
    },
  }));

  return <div className="cast-player" ref={element} role="region" aria-label={label} />;
};

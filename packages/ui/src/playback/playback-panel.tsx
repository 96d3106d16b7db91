import "../controls/field.css";
import "./playback.css";
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button } from "../controls/button.tsx";
import { fileSize, strings } from "../observation/strings/en.ts";
import type { ScreenOptions } from "../terminal/screen.ts";
import type { CastPlayerHandle } from "./cast-player.tsx";
import { type CastTrack, readCast } from "./cast-track.ts";
import { PlaybackStage } from "./playback-stage.tsx";
import { choosePlayable, mostBytes, type Playable, playablesOf } from "./playables.ts";
import type { PlaybackWords } from "./playback-words.ts";
import type { RecordingSource } from "./recording-source.ts";
import { isFailure, type TimelineRecords, timelineOf } from "./timeline.ts";

const speeds = [0.5, 1, 2, 4, 8] as const;
const plainScreen = { fontSize: 14, screenReaderMode: false, highContrast: false } as const;

/** Where to start: a terminal and a time, as a command tells them. */
export interface PlaybackTarget {
  readonly terminal: string;
  readonly at: string;
}

export interface PlaybackPanelProps {
  readonly source: RecordingSource;
  readonly records: TimelineRecords;
  readonly isRecorded: boolean;
  readonly target?: PlaybackTarget | undefined;
  readonly words?: PlaybackWords;
  readonly screen?: Omit<ScreenOptions, "readOnly">;
  /** The recordings are looked at again: what stands beside them may have grown as well. */
  readonly onReload?: () => void;
}

type Loaded =
  | { readonly phase: "none" }
  | { readonly phase: "loading" }
  | { readonly phase: "failed"; readonly cause: string }
  | { readonly phase: "ready"; readonly played: Playable; readonly track: CastTrack };

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Recordings, played with what happened beside them. */
export const PlaybackPanel = (props: PlaybackPanelProps): ReactNode => {
  const { source, records, isRecorded, target, words = strings.playback, screen = plainScreen, onReload } = props;
  const [chooserId, speedId] = [useId(), useId()];
  const [playables, setPlayables] = useState<readonly Playable[]>();
  const [chosen, setChosen] = useState<string>();
  const [loaded, setLoaded] = useState<Loaded>({ phase: "none" });
  const [speed, setSpeed] = useState(1);
  const [isSkipping, setSkipping] = useState(true);
  const [round, setRound] = useState(0);
  const player = useRef<CastPlayerHandle>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round is another look at what there is.
  useEffect(() => {
    let isGone = false;
    source.recordings().then(
      (recordings) => {
        if (isGone) return;
        const found = playablesOf(recordings);
        setPlayables(found);
        setChosen((before) =>
          target === undefined && found.some(({ key }) => key === before) ? before : choosePlayable(found, target)?.key,
        );
      },
      (error: unknown) => {
        if (!isGone) setLoaded({ phase: "failed", cause: causeOf(error) });
      },
    );
    return () => {
      isGone = true;
    };
  }, [source, target, round]);

  const playable = playables?.find(({ key }) => key === chosen);
  const recording = playable?.recording;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a going recording grows; only a round loads it again.
  useEffect(() => {
    if (playable === undefined || playable.bytes > mostBytes) return;
    const ending = new AbortController();
    setLoaded({ phase: "loading" });
    source
      .loadRecording(playable.recording.id, ending.signal, playable.part)
      .then((text) => setLoaded({ phase: "ready", played: playable, track: readCast(text) }))
      .catch((error: unknown) => {
        if (!ending.signal.aborted) setLoaded({ phase: "failed", cause: causeOf(error) });
      });
    return () => ending.abort();
  }, [source, playable?.key, playable?.bytes, round]);

  const entries = useMemo(
    () => (loaded.phase === "ready" ? timelineOf(loaded.track, loaded.played.recording.terminal, records) : []),
    [loaded, records],
  );
  const startAt = useMemo(
    () =>
      (target && entries.find((entry) => entry.kind === "command" && entry.command.startedAt === target.at)?.t) ?? 0,
    [target, entries],
  );
  useEffect(() => {
    if (target !== undefined) player.current?.seek(startAt);
  }, [target, startAt]);

  const reload = (): void => {
    setRound(round + 1);
    onReload?.();
  };
  if (playables?.length === 0) return <p className="playback__note">{isRecorded ? words.none : words.off}</p>;
  const firstError = entries.find(isFailure);
  const isTooLarge = playable !== undefined && playable.bytes > mostBytes;
  return (
    <div className="playback">
      <div className="tools">
        <label className="visually-hidden" htmlFor={chooserId}>
          {words.choose}
        </label>
        <select
          id={chooserId}
          className="field"
          value={chosen ?? ""}
          onChange={({ target: { value } }) => setChosen(value)}
        >
          {(playables ?? []).map(({ key, recording, part, startedAt, live }) => (
            <option key={key} value={key}>
              {words.option(recording.terminal, startedAt, live)}
              {part !== undefined && words.part(part, recording.parts.length)}
            </option>
          ))}
        </select>
        <label className="tick" htmlFor={speedId}>
          {words.speed}
          <select
            id={speedId}
            className="field"
            value={speed}
            onChange={({ target: { value } }) => setSpeed(Number(value))}
          >
            {speeds.map((value) => (
              <option key={value} value={value}>
                {value}×
              </option>
            ))}
          </select>
        </label>
        <label className="tick">
          <input type="checkbox" checked={isSkipping} onChange={({ target: { checked } }) => setSkipping(checked)} />
          {words.skipPauses}
        </label>
        <Button
          size="small"
          icon="cross"
          isDisabled={firstError === undefined}
          onPress={() => firstError && player.current?.seek(firstError.t)}
        >
          {firstError === undefined ? words.noError : words.firstError}
        </Button>
        {playable?.live === true && (
          <Button size="small" icon="refresh" onPress={reload}>
            {words.reload}
          </Button>
        )}
        {recording !== undefined && (
          <a className="button" data-size="small" href={source.recordingUrl(recording.id)} download>
            {words.download(fileSize(recording.bytes))}
          </a>
        )}
      </div>
      {isTooLarge && <p className="playback__note">{words.tooLarge(fileSize(playable.bytes))}</p>}
      {playable?.part !== undefined && <p className="playback__note">{words.inParts}</p>}
      {loaded.phase === "loading" && (
        <p className="playback__note" role="status">
          {words.loading}
        </p>
      )}
      {loaded.phase === "failed" && (
        <p className="playback__note" role="alert">
          {words.failed(loaded.cause)}{" "}
          <Button size="small" onPress={reload}>
            {words.again}
          </Button>
        </p>
      )}
      {loaded.phase === "ready" && !isTooLarge && (
        <PlaybackStage
          key={loaded.played.key}
          track={loaded.track}
          terminal={loaded.played.recording.terminal}
          entries={entries}
          speed={speed}
          isSkipping={isSkipping}
          startAt={startAt}
          words={words}
          screen={screen}
          player={player}
        />
      )}
    </div>
  );
};

import "../controls/field.css";
import "./playback.css";
import type { RecordingView } from "@atelier/contract";
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button } from "../controls/button.tsx";
import { fileSize, strings } from "../observation/strings/en.ts";
import type { ScreenOptions } from "../terminal/screen.ts";
import type { CastPlayerHandle } from "./cast-player.tsx";
import { type CastTrack, readCast } from "./cast-track.ts";
import { PlaybackStage } from "./playback-stage.tsx";
import type { PlaybackWords } from "./playback-words.ts";
import type { RecordingSource } from "./recording-source.ts";
import { isFailure, type TimelineRecords, timelineOf } from "./timeline.ts";

const speeds = [0.5, 1, 2, 4, 8] as const;
/** The player holds a recording in memory, several times over. */
const mostBytes = 48 * 1024 * 1024;
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
  | { readonly phase: "ready"; readonly recording: RecordingView; readonly track: CastTrack };

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The recording that was running then, else the newest. */
const choose = (recordings: readonly RecordingView[], target: PlaybackTarget | undefined): RecordingView | undefined =>
  (target &&
    recordings.find(
      ({ terminal, startedAt }) => terminal === target.terminal && Date.parse(startedAt) <= Date.parse(target.at),
    )) ??
  recordings[0];

/** Recordings, played with what happened beside them. */
export const PlaybackPanel = (props: PlaybackPanelProps): ReactNode => {
  const { source, records, isRecorded, target, words = strings.playback, screen = plainScreen, onReload } = props;
  const [chooserId, speedId] = [useId(), useId()];
  const [recordings, setRecordings] = useState<readonly RecordingView[]>();
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
      (found) => {
        if (isGone) return;
        setRecordings(found);
        setChosen((before) =>
          target === undefined && found.some(({ id }) => id === before) ? before : choose(found, target)?.id,
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

  const recording = recordings?.find(({ id }) => id === chosen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a going recording grows; only a round loads it again.
  useEffect(() => {
    if (recording === undefined || recording.bytes > mostBytes) return;
    const ending = new AbortController();
    setLoaded({ phase: "loading" });
    source
      .loadRecording(recording.id, ending.signal)
      .then((text) => setLoaded({ phase: "ready", recording, track: readCast(text) }))
      .catch((error: unknown) => {
        if (!ending.signal.aborted) setLoaded({ phase: "failed", cause: causeOf(error) });
      });
    return () => ending.abort();
  }, [source, recording?.id, recording?.bytes, round]);

  const entries = useMemo(
    () => (loaded.phase === "ready" ? timelineOf(loaded.track, loaded.recording.terminal, records) : []),
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
  if (recordings?.length === 0) return <p className="playback__note">{isRecorded ? words.none : words.off}</p>;
  const firstError = entries.find(isFailure);
  const isTooLarge = recording !== undefined && recording.bytes > mostBytes;
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
          {(recordings ?? []).map(({ id, terminal, startedAt, live }) => (
            <option key={id} value={id}>
              {words.option(terminal, startedAt, live)}
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
        {recording?.live === true && (
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
      {isTooLarge && <p className="playback__note">{words.tooLarge(fileSize(recording.bytes))}</p>}
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
          key={loaded.recording.id}
          track={loaded.track}
          terminal={loaded.recording.terminal}
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

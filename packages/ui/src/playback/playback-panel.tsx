import "./playback.css";
import type { Observation, RecordingView } from "@atelier/contract";
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { Button } from "../controls/button.tsx";
import type { SessionSource } from "../observation/session-source.ts";
import { fileSize, strings } from "../observation/strings/en.ts";
import { CastPlayer, type CastPlayerHandle } from "./cast-player.tsx";
import { isFailure, readCastMarks, type TimelineEntry, timelineOf } from "./timeline.ts";
import { TimelineList } from "./timeline-list.tsx";

const words = strings.playback;
const speeds = [0.5, 1, 2, 4, 8] as const;
/** The player holds a recording in memory, several times over. */
const mostBytes = 48 * 1024 * 1024;

/** Where to start: a terminal and a time, as a command tells them. */
export interface PlaybackTarget {
  readonly terminal: string;
  readonly at: string;
}

export interface PlaybackPanelProps {
  readonly source: SessionSource;
  readonly observation: Observation;
  readonly isRecorded: boolean;
  readonly target?: PlaybackTarget | undefined;
}

type Loaded =
  | { readonly phase: "none" }
  | { readonly phase: "loading" }
  | { readonly phase: "failed"; readonly cause: string }
  | { readonly phase: "ready"; readonly recording: RecordingView; readonly text: string };

const causeOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The recording that was running then, else the newest. */
const choose = (recordings: readonly RecordingView[], target: PlaybackTarget | undefined): RecordingView | undefined =>
  (target &&
    recordings.find(
      ({ terminal, startedAt }) => terminal === target.terminal && Date.parse(startedAt) <= Date.parse(target.at),
    )) ??
  recordings[0];

/** Recordings, played with what happened beside them. */
export const PlaybackPanel = ({ source, observation, isRecorded, target }: PlaybackPanelProps): ReactNode => {
  const chooserId = useId();
  const speedId = useId();
  const [recordings, setRecordings] = useState<readonly RecordingView[]>();
  const [chosen, setChosen] = useState<string>();
  const [loaded, setLoaded] = useState<Loaded>({ phase: "none" });
  const [speed, setSpeed] = useState(1);
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
    source.loadRecording(recording.id, ending.signal).then(
      (text) => setLoaded({ phase: "ready", recording, text }),
      (error: unknown) => {
        if (!ending.signal.aborted) setLoaded({ phase: "failed", cause: causeOf(error) });
      },
    );
    return () => ending.abort();
  }, [source, recording?.id, recording?.bytes, round]);

  const text = loaded.phase === "ready" ? loaded.text : undefined;
  const marks = useMemo(() => (text === undefined ? undefined : readCastMarks(text)), [text]);
  const entries = useMemo(
    () =>
      marks === undefined || loaded.phase !== "ready" ? [] : timelineOf(marks, loaded.recording.terminal, observation),
    [marks, loaded, observation],
  );
  const startAt = useMemo(
    () =>
      (target && entries.find((entry) => entry.kind === "command" && entry.command.startedAt === target.at)?.t) ?? 0,
    [target, entries],
  );
  useEffect(() => {
    if (target !== undefined) player.current?.seek(startAt);
  }, [target, startAt]);

  if (recordings?.length === 0) return <p className="panel__empty">{isRecorded ? words.none : words.off}</p>;
  const firstError = entries.find(isFailure);
  const seek = (entry: TimelineEntry): void => player.current?.seek(entry.t);
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
        </label>
        <select
          id={speedId}
          className="field field--narrow"
          value={speed}
          onChange={({ target: { value } }) => setSpeed(Number(value))}
        >
          {speeds.map((value) => (
            <option key={value} value={value}>
              {value}×
            </option>
          ))}
        </select>
        <Button
          size="small"
          icon="cross"
          isDisabled={firstError === undefined}
          onPress={() => firstError && seek(firstError)}
        >
          {firstError === undefined ? words.noError : words.firstError}
        </Button>
        {recording?.live === true && (
          <Button size="small" icon="refresh" onPress={() => setRound(round + 1)}>
            {words.reload}
          </Button>
        )}
        {recording !== undefined && (
          <a className="button" data-size="small" href={source.recordingUrl(recording.id)} download>
            {words.download} ({fileSize(recording.bytes)})
          </a>
        )}
      </div>
      {recording !== undefined && recording.bytes > mostBytes && (
        <p className="panel__empty">{words.tooLarge(fileSize(recording.bytes))}</p>
      )}
      {loaded.phase === "loading" && (
        <p className="panel__empty" role="status">
          {words.loading}
        </p>
      )}
      {loaded.phase === "failed" && (
        <p className="panel__empty" role="alert">
          {words.failed(loaded.cause)}{" "}
          <Button size="small" onPress={() => setRound(round + 1)}>
            {words.again}
          </Button>
        </p>
      )}
      {loaded.phase === "ready" && marks !== undefined && (
        <div className="playback__stage">
          <CastPlayer
            key={loaded.recording.id}
            text={loaded.text}
            duration={marks.duration}
            speed={speed}
            label={words.player}
            startAt={startAt}
            markers={entries.map(
              (entry) => [entry.t, entry.kind === "command" ? entry.command.command : entry.kind] as const,
            )}
            handle={player}
          />
          <TimelineList entries={entries} onSeek={seek} />
        </div>
      )}
    </div>
  );
};

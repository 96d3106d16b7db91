import type { RecordingView } from "@atelier/contract";

/** What a player loads at once: a recording, or one part of a recording that is too large for that. */
export interface Playable {
  /** Unique among all that can be chosen. */
  readonly key: string;
  readonly recording: RecordingView;
  /** Counted from 1; absent: the whole recording. */
  readonly part?: number;
  readonly startedAt: string;
  readonly bytes: number;
  /** It is being written to. */
  readonly live: boolean;
}

/** The player holds in memory what it plays, several times over. */
export const mostBytes = 48 * 1024 * 1024;

/** What there is to choose from, newest recording first, the parts of one in their order. */
export const playablesOf = (recordings: readonly RecordingView[], most = mostBytes): readonly Playable[] =>
  recordings.flatMap((recording): readonly Playable[] => {
    const { id, parts, startedAt, bytes, live } = recording;
    if (bytes <= most || parts.length === 1) return [{ key: id, recording, startedAt, bytes, live }];
    return parts.map((part, index) => ({
      key: `${id}/${index + 1}`,
      recording,
      part: index + 1,
      ...part,
      live: live && index === parts.length - 1,
    }));
  });

/** What ran in a terminal at a time; without one, or where nothing did, the newest that begins a recording. */
export const choosePlayable = (
  playables: readonly Playable[],
  target: { readonly terminal: string; readonly at: string } | undefined,
): Playable | undefined => {
  const then = target === undefined ? Number.NaN : Date.parse(target.at);
  const running = playables
    .filter(({ recording, startedAt }) => recording.terminal === target?.terminal && Date.parse(startedAt) <= then)
    .toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
  return running.at(-1) ?? playables[0];
};

import type { CheckRecord, CommandRecord, StepVisit } from "@atelier/contract";
import type { CastTrack } from "./cast-track.ts";

export type TimelineEntry =
  | { readonly kind: "command"; readonly t: number; readonly command: TimelineRecords["commands"][number] }
  | { readonly kind: "check"; readonly t: number; readonly check: TimelineRecords["checks"][number] }
  | { readonly kind: "step"; readonly t: number; readonly step: string };

/** The records that a timeline is made of; an observation has them, and the student's own page as well. */
export interface TimelineRecords {
  readonly commands: readonly Pick<CommandRecord, "seq" | "terminal" | "command" | "startedAt" | "exitCode">[];
  readonly checks: readonly Pick<CheckRecord, "seq" | "ts" | "step" | "outcome">[];
  readonly visits: readonly Pick<StepVisit, "step" | "enteredAt">[];
}

type TimedTrack = Pick<CastTrack, "startedAt" | "duration" | "markers">;

/** Both markers and commands may be shortened; one that stands so far from its record is another one's. */
const nearSeconds = 5;
/** In seconds: what was typed first may be a little older than the first byte of output. */
const grace = 0.5;

/** From a command on: what to add to times by the wall clock to have the recording's own. */
interface Skew {
  readonly from: number;
  readonly seconds: number;
}

interface Place {
  readonly t: number;
  readonly label: string;
  /** Markers are missing before it: the disk was full. */
  readonly isAfterGap: boolean;
}

/** Where commands begin. */
const placesOf = (markers: TimedTrack["markers"]): readonly Place[] => {
  let isAfterGap = false;
  return markers.flatMap(({ t, label }) => {
    isAfterGap ||= label.startsWith("recording: ");
    if (/^(step|recording): /.test(label)) return [];
    const place = { t, label, isAfterGap };
    isAfterGap = false;
    return [place];
  });
};

/**
 * The header tells whole seconds, a set clock jumps, and a recording's own stands still while a laptop sleeps:
 * so it is the command markers that tell how the two clocks differ, each time anew where they begin to differ
 * otherwise. Within such a stretch it is the middle of what its markers tell.
 */
const skewsOf = ({ startedAt, markers }: TimedTrack, commands: TimelineRecords["commands"]): readonly Skew[] => {
  const places = placesOf(markers);
  const stretches: { readonly from: number; readonly seconds: number[] }[] = [];
  let next = 0;
  let skew = 0;
  let matched = -1;
  commands.forEach(({ command, startedAt: at }, index) => {
    const t = (Date.parse(at) - startedAt) / 1000;
    const isIts = ({ label }: Place, text = command): boolean => text.startsWith(label) || label.startsWith(text);
    const isNear = (place: Place): boolean => Math.abs(place.t - t - skew) < nearSeconds;
    let found = next;
    while (found < places.length && !(isNear(places[found] as Place) && isIts(places[found] as Place))) found++;
    // Nothing is near, but this and the next one follow the last one in both, equally far from each other: the
    // clocks have parted in between. One alone may be another shell's, which begins with what this one ended in.
    const [follower, second] = matched >= 0 && matched === index - 1 ? places.slice(next, next + 2) : [];
    const after = commands[index + 1];
    const isParted =
      found === places.length &&
      follower !== undefined &&
      second !== undefined &&
      after !== undefined &&
      !(follower.isAfterGap || second.isAfterGap) &&
      isIts(follower) &&
      isIts(second, after.command) &&
      Math.abs(second.t - follower.t - (Date.parse(after.startedAt) - Date.parse(at)) / 1000) < nearSeconds;
    if (isParted) found = next;
    const place = places[found];
    if (place === undefined) return;
    next = found + 1;
    matched = index;
    skew = place.t - t;
    if (isParted || stretches.length === 0) stretches.push({ from: index, seconds: [] });
    stretches.at(-1)?.seconds.push(skew);
  });
  return stretches.map(({ from, seconds }) => ({
    from,
    seconds: seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? 0,
  }));
};

/** What happened while a recording ran, by its own clock. */
export const timelineOf = (track: TimedTrack, terminal: string, records: TimelineRecords): readonly TimelineEntry[] => {
  const commands = records.commands.filter((command) => command.terminal === terminal);
  const skews = skewsOf(track, commands);
  const placeOf = (at: string, { seconds }: Pick<Skew, "seconds"> = skews[0] ?? { seconds: 0 }): number =>
    (Date.parse(at) - track.startedAt) / 1000 + seconds;
  // A clock that was set back tells times twice: what does not fit the one stretch was in the other.
  const place = (at: string): number =>
    skews
      .filter(({ from }) => (commands[from]?.startedAt ?? "") <= at)
      .map((skew) => placeOf(at, skew))
      .findLast((t) => t <= track.duration + grace) ?? placeOf(at);
  const entries: TimelineEntry[] = [
    ...commands.map((command, index): TimelineEntry => {
      const skew = skews.findLast(({ from }) => from <= index);
      return { kind: "command", t: placeOf(command.startedAt, skew), command };
    }),
    ...records.checks.map((check): TimelineEntry => ({ kind: "check", t: place(check.ts), check })),
    ...records.visits.map(({ step, enteredAt }): TimelineEntry => ({ kind: "step", t: place(enteredAt), step })),
  ];
  return entries
    .filter(({ t }) => t >= -grace && t <= track.duration + grace)
    .map((entry) => ({ ...entry, t: Math.min(Math.max(0, entry.t), track.duration) }))
    .toSorted((a, b) => a.t - b.t);
};

/** Exit codes of what worked, and of what somebody ended with Ctrl-C: that is no mistake. */
const noFailures: readonly (number | undefined)[] = [undefined, 0, 130];

export const isFailure = (entry: TimelineEntry): boolean =>
  entry.kind === "command" && !noFailures.includes(entry.command.exitCode);

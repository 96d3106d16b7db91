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
const nearMs = 5000;

/**
 * What to add to times by the header, which tells whole seconds, to have the recording's own: the middle of
 * what its command markers tell.
 */
const skewOf = ({ startedAt, markers }: TimedTrack, commands: TimelineRecords["commands"]): number => {
  const skews: number[] = [];
  let from = 0;
  for (const { command, startedAt: at } of commands) {
    const t = (Date.parse(at) - startedAt) / 1000;
    const index = markers.findIndex(
      (marker, place) =>
        place >= from &&
        Math.abs(marker.t - t) * 1000 < nearMs &&
        (command.startsWith(marker.label) || marker.label.startsWith(command)),
    );
    if (index === -1) continue;
    from = index + 1;
    skews.push((markers[index]?.t ?? 0) - t);
  }
  return skews.toSorted((a, b) => a - b)[Math.floor(skews.length / 2)] ?? 0;
};

/** What happened while a recording ran, by its own clock. */
export const timelineOf = (track: TimedTrack, terminal: string, records: TimelineRecords): readonly TimelineEntry[] => {
  const commands = records.commands.filter((command) => command.terminal === terminal);
  const skew = skewOf(track, commands);
  const place = (at: string): number => (Date.parse(at) - track.startedAt) / 1000 + skew;
  const entries: TimelineEntry[] = [
    ...commands.map((command): TimelineEntry => ({ kind: "command", t: place(command.startedAt), command })),
    ...records.checks.map((check): TimelineEntry => ({ kind: "check", t: place(check.ts), check })),
    ...records.visits.map(({ step, enteredAt }): TimelineEntry => ({ kind: "step", t: place(enteredAt), step })),
  ];
  // Half a second of grace: what was typed first may be a little older than the first byte of output.
  return entries
    .filter(({ t }) => t >= -0.5 && t <= track.duration + 0.5)
    .map((entry) => ({ ...entry, t: Math.min(Math.max(0, entry.t), track.duration) }))
    .toSorted((a, b) => a.t - b.t);
};

/** Exit codes of what worked, and of what somebody ended with Ctrl-C: that is no mistake. */
const noFailures: readonly (number | undefined)[] = [undefined, 0, 130];

export const isFailure = (entry: TimelineEntry): boolean =>
  entry.kind === "command" && !noFailures.includes(entry.command.exitCode);

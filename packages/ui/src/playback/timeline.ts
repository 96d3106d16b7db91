import type { CheckRecord, CommandRecord, Observation } from "@atelier/contract";

export type TimelineEntry =
  | { readonly kind: "command"; readonly t: number; readonly command: CommandRecord }
  | { readonly kind: "check"; readonly t: number; readonly check: CheckRecord }
  | { readonly kind: "step"; readonly t: number; readonly step: string };

export interface CastMarks {
  /** Milliseconds since 1970 at second 0, by the header: whole seconds only. */
  readonly startedAt: number;
  /** Seconds of the last event. */
  readonly duration: number;
  readonly markers: readonly { readonly t: number; readonly label: string }[];
}

/** Header, markers and length of an asciicast v2, without decoding its output. */
export const readCastMarks = (text: string): CastMarks => {
  const header: unknown = JSON.parse(text.slice(0, text.indexOf("\n")));
  const timestamp =
    typeof header === "object" && header !== null && "timestamp" in header ? Number(header.timestamp) : 0;
  const markers: { t: number; label: string }[] = [];
  for (const [, t, label = ""] of text.matchAll(/^\[\s*([\d.]+)\s*,\s*"m"\s*,\s*("(?:[^"\\]|\\.)*")\s*\]$/gm))
    markers.push({ t: Number(t), label: String(JSON.parse(label)) });
  const last = /\n\[\s*([\d.]+)\s*,[^\n]*\]\n?$/.exec(text.slice(text.lastIndexOf("\n[", text.length - 2)));
  return { startedAt: timestamp * 1000, duration: Number(last?.[1] ?? 0), markers };
};

/** Markers of commands may be shortened; one that stands so far from its record is another one's. */
const nearMs = 5000;

/**
 * What to add to times by the header, which tells whole seconds, to have the recording's own: the middle of
 * what its command markers tell.
 */
const skewOf = ({ startedAt, markers }: CastMarks, commands: readonly CommandRecord[]): number => {
  const skews: number[] = [];
  let from = 0;
  for (const { command, startedAt: at } of commands) {
    const t = (Date.parse(at) - startedAt) / 1000;
    const index = markers.findIndex(
      (marker, place) =>
        place >= from &&
        Math.abs(marker.t - t) * 1000 < nearMs &&
        marker.label === command.slice(0, marker.label.length),
    );
    if (index === -1) continue;
    from = index + 1;
    skews.push((markers[index]?.t ?? 0) - t);
  }
  return skews.toSorted((a, b) => a - b)[Math.floor(skews.length / 2)] ?? 0;
};

/** What happened while a recording ran, by its own clock. */
export const timelineOf = (
  marks: CastMarks,
  terminal: string,
  observation: Pick<Observation, "commands" | "checks" | "visits">,
): readonly TimelineEntry[] => {
  const commands = observation.commands.filter((command) => command.terminal === terminal);
  const skew = skewOf(marks, commands);
  const place = (at: string): number => (Date.parse(at) - marks.startedAt) / 1000 + skew;
  const entries: TimelineEntry[] = [
    ...commands.map((command): TimelineEntry => ({ kind: "command", t: place(command.startedAt), command })),
    ...observation.checks.map((check): TimelineEntry => ({ kind: "check", t: place(check.ts), check })),
    ...observation.visits.map(({ step, enteredAt }): TimelineEntry => ({ kind: "step", t: place(enteredAt), step })),
  ];
  // Half a second of grace: what was typed first may be a little older than the first byte of output.
  return entries
    .filter(({ t }) => t >= -0.5 && t <= marks.duration + 0.5)
    .map((entry) => ({ ...entry, t: Math.min(Math.max(0, entry.t), marks.duration) }))
    .toSorted((a, b) => a.t - b.t);
};

export const isFailure = (entry: TimelineEntry): boolean =>
  entry.kind === "command" && entry.command.exitCode !== undefined && entry.command.exitCode !== 0;

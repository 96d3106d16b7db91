import { type CastEvent, createCastDecoder, parseCastSize } from "@atelier/contract";
import type { TerminalSize } from "../terminal/terminal-source.ts";

/** What a player shows: output, and sizes that the terminal took. */
export type CastFrame =
  | { readonly t: number; readonly output: string }
  | { readonly t: number; readonly size: TerminalSize };

/** A recording taken apart. */
export interface CastTrack {
  /** Milliseconds since 1970 at second 0, by the header: whole seconds only. */
  readonly startedAt: number;
  /** Seconds of the last event. */
  readonly duration: number;
  readonly size: TerminalSize;
  readonly frames: readonly CastFrame[];
  readonly markers: readonly { readonly t: number; readonly label: string }[];
}

/** Takes an asciicast apart. Throws when it has no header; lines that are no events are passed over. */
export const readCast = (text: string): CastTrack => {
  const [first, ...items] = createCastDecoder().push(text);
  if (first?.kind !== "header") throw new Error("this is no recording: its first line is no header of an asciicast");
  const { width, height, timestamp = 0 } = first.header;
  const events = items.flatMap((item) => (item.kind === "event" ? [item.event] : []));
  return {
    startedAt: timestamp * 1000,
    duration: events.at(-1)?.t ?? 0,
    size: { cols: width, rows: height },
    frames: events.flatMap(frameOf),
    markers: events.flatMap(({ t, code, data }) => (code === "m" ? [{ t, label: data }] : [])),
  };
};

/** As large as a screen of ours may be: a recording is a file, and who made it may have said anything. */
const most = 1000;

const frameOf = ({ t, code, data }: CastEvent): readonly CastFrame[] => {
  if (code === "o") return [{ t, output: data }];
  const size = code === "r" ? parseCastSize(data) : undefined;
  return size === undefined
    ? []
    : [{ t, size: { cols: Math.min(most, Math.max(2, size.cols)), rows: Math.min(most, Math.max(1, size.rows)) } }];
};

import { z } from "zod";
import { commandRecordSchema } from "../events/command-log.ts";
import { llmExchangeSchema } from "../events/llm-history.ts";
import { stateEventSchema } from "../events/state-events.ts";
import { terminalViewSchema, workspaceViewSchema } from "./student-api.ts";

/**
 * HTTP between the instructor's browser and the workspace server. Every route but the page and its bundle
 * needs the instructor's token, in its own cookie or as a bearer; a student's token is refused. Host and
 * Origin are checked as for the student's routes, errors are `Problem`s.
 *
 *   GET /instructor/                              the page
 *   GET /instructor/assets/…                      its bundle
 *   GET /api/instructor/events                    SSE, see {@link instructorEventSchema}
 *   GET /api/instructor/recordings                RecordingView[], newest first
 *   GET /api/instructor/recordings/:id            the whole recording as one asciicast v2 file
 *   GET /api/instructor/recordings/:id/parts/:n   one part as it is on disk, from 1; takes Range
 *   GET /api/instructor/export                    tar.gz of the session
 *   GET /api/instructor/terminals/:name           WebSocket: contract/terminal, watching only
 */
export const instructorApi = {
  page: "/instructor/",
  events: "/api/instructor/events",
  recordings: "/api/instructor/recordings",
  recording: "/api/instructor/recordings/:id",
  recordingPart: "/api/instructor/recordings/:id/parts/:part",
  export: "/api/instructor/export",
  terminal: "/api/instructor/terminals/:name",
} as const;

/** The JSONL files that the feed follows, by the letter that stands for them in an event's id. */
export const feedStreams = { c: "commands", s: "events", l: "exchanges" } as const;
export type FeedLetter = keyof typeof feedStreams;
export type FeedStream = (typeof feedStreams)[FeedLetter];

export const presenceSchema = z.object({
  /** Open pages of the student. */
  students: z.int().nonnegative(),
  /** Open pages of instructors, this one included. */
  instructors: z.int().nonnegative(),
});
export type Presence = z.infer<typeof presenceSchema>;

/**
 * What `/api/instructor/events` carries: `event:` is the type, `data:` the JSON.
 *
 * `command`, `state` and `exchange` are the files' records as they are on disk, each exactly once and in
 * order within its stream, from the beginning of the file or, with `Last-Event-ID`, from after what that
 * names. Only they have an id. `skipped` is a line that is no record. `live` is what no file holds, whole,
 * on every change and first of all. `caught-up` follows once everything that was in the files when the
 * stream was opened has been sent.
 */
export const instructorEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("command"), record: commandRecordSchema }),
  z.object({ type: z.literal("state"), record: stateEventSchema }),
  z.object({ type: z.literal("exchange"), record: llmExchangeSchema }),
  z.object({ type: z.literal("skipped"), stream: z.string(), excerpt: z.string(), cause: z.string() }),
  z.object({
    type: z.literal("live"),
    workspace: workspaceViewSchema.optional(),
    terminals: z.array(terminalViewSchema),
    presence: presenceSchema,
    /** The server's clock: ages are reckoned by it, not by the browser's. */
    now: z.iso.datetime(),
    /** When a terminal last had input or output. */
    lastActiveAt: z.iso.datetime().optional(),
  }),
  z.object({ type: z.literal("caught-up") }),
]);
export type InstructorEvent = z.infer<typeof instructorEventSchema>;

/** A record's event by the letter of its stream. */
export const eventOfStream = { c: "command", s: "state", l: "exchange" } as const satisfies Record<FeedLetter, string>;

/** How far a reader has come in one stream: the last record's number, and where the next line begins in the file. */
export interface StreamPosition {
  readonly seq: number;
  readonly offset: number;
}
export type FeedPosition = Readonly<Record<FeedLetter, StreamPosition>>;

export const feedStart: FeedPosition = {
  c: { seq: 0, offset: 0 },
  s: { seq: 0, offset: 0 },
  l: { seq: 0, offset: 0 },
};

/** `c12:3456.s40:9000.l0:0`: it survives restarts of the server, since numbers go on where they were. */
export const formatFeedPosition = (position: FeedPosition): string =>
  (Object.keys(feedStreams) as FeedLetter[])
    .map((letter) => `${letter}${position[letter].seq}:${position[letter].offset}`)
    .join(".");

/** Undefined for what is no position, a browser's or somebody else's. */
export const parseFeedPosition = (text: string): FeedPosition | undefined => {
  const match = /^c(\d{1,15}):(\d{1,15})\.s(\d{1,15}):(\d{1,15})\.l(\d{1,15}):(\d{1,15})$/.exec(text);
  if (match === null) return undefined;
  const [cs = 0, co = 0, ss = 0, so = 0, ls = 0, lo = 0] = match.slice(1).map(Number);
  return { c: { seq: cs, offset: co }, s: { seq: ss, offset: so }, l: { seq: ls, offset: lo } };
};

export const recordingViewSchema = z.object({
  /** Opaque: no path, and no way to make one. */
  id: z.string(),
  terminal: z.string(),
  startedAt: z.iso.datetime(),
  parts: z.array(z.object({ bytes: z.number(), startedAt: z.iso.datetime() })).min(1),
  bytes: z.number(),
  /** It is being written to. */
  live: z.boolean(),
});
export type RecordingView = z.infer<typeof recordingViewSchema>;

import { z } from "zod";
import { checkOutcomeSchema } from "../events/state-events.ts";

/**
 * The student's own recordings, for the student alone; the instructor's are in `instructor-api.ts`.
 *
 *   GET /api/work/recordings                  RecordingView[], newest first
 *   GET /api/work/recordings/:id              the whole recording as one asciicast v2 file
 *   GET /api/work/recordings/:id/parts/:part  one part as it is on disk, from 1; takes Range
 *   GET /api/work/timeline                    TimelineView
 */
export const playbackApi = {
  recordings: "/api/work/recordings",
  recording: "/api/work/recordings/:id",
  recordingPart: "/api/work/recordings/:id/parts/:part",
  timeline: "/api/work/timeline",
} as const;

/** What happened beside the recordings: as much of the records as a timeline tells. */
export const timelineViewSchema = z.object({
  /** Each text at most {@link timelineCommandLength} long. */
  commands: z.array(
    z.object({
      seq: z.int(),
      terminal: z.string(),
      command: z.string(),
      startedAt: z.iso.datetime(),
      exitCode: z.int().optional(),
    }),
  ),
  checks: z.array(z.object({ seq: z.int(), ts: z.iso.datetime(), step: z.string(), outcome: checkOutcomeSchema })),
  visits: z.array(z.object({ step: z.string(), enteredAt: z.iso.datetime() })),
  /** There is more, older than this. */
  truncated: z.boolean(),
});
export type TimelineView = z.infer<typeof timelineViewSchema>;

export const timelineCommandLength = 2000;

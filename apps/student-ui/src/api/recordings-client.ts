import { fillPath, playbackApi, recordingViewSchema, type TimelineView, timelineViewSchema } from "@atelier/contract";
import type { RecordingSource } from "@atelier/ui/playback";
import { z } from "zod";
import { createApiCall } from "./api-call.ts";

/** The student's own recordings, and what happened beside them. Every call throws `RequestFailed`. */
export interface RecordingsClient extends RecordingSource {
  timeline(): Promise<TimelineView>;
}

const addressOf = (id: string, part?: number): string =>
  part === undefined
    ? fillPath(playbackApi.recording, { id })
    : fillPath(playbackApi.recordingPart, { id, part: String(part) });

export const createRecordingsClient = (fetchIt: typeof fetch): RecordingsClient => {
  const { call, parse } = createApiCall(fetchIt);
  return {
    recordings: async () => parse(await call(playbackApi.recordings), z.array(recordingViewSchema)),
    // A long one takes its time.
    loadRecording: async (id, signal, part) => (await call(addressOf(id, part), { patient: true, signal })).text(),
    recordingUrl: (id) => addressOf(id),
    timeline: async () => parse(await call(playbackApi.timeline), timelineViewSchema),
  };
};

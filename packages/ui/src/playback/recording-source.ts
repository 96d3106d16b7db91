import type { RecordingView } from "@atelier/contract";

/** Where recordings come from: one workspace's server, a dashboard, a test. */
export interface RecordingSource {
  /** Newest first. */
  recordings(): Promise<readonly RecordingView[]>;
  /** All of a recording, or one part of it, from 1, as an asciicast v2. */
  loadRecording(id: string, signal: AbortSignal, part?: number): Promise<string>;
  recordingUrl(id: string): string;
}

export { PlaybackPanel, type PlaybackPanelProps, type PlaybackTarget } from "./playback-panel.tsx";
export type { PlaybackWords } from "./playback-words.ts";
export type { RecordingSource } from "./recording-source.ts";
export type { TimelineRecords } from "./timeline.ts";

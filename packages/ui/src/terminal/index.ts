export type { ClipboardAsk } from "./clipboard.ts";
export { createWebSocketSource, type WebSocketSourceOptions } from "../terminal-client/websocket-source.ts";
export { type ChordKey, isLeaveChord, leaveChordLabel } from "./leave-chord.ts";
export { type MissingLogWords, missingLog } from "./missing-log.ts";
export type { ScreenOptions } from "./screen.ts";
export { type RunOutcome, type TerminalHandle, TerminalPane, type TerminalPaneProps } from "./terminal-pane.tsx";
export type * from "./terminal-source.ts";

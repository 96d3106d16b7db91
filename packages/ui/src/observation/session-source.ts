import type { InstructorEvent } from "@atelier/contract";
import type { Connection } from "../connection/connection-state.ts";
import type { RecordingSource } from "../playback/recording-source.ts";
import type { TerminalSource } from "../terminal/terminal-source.ts";

export interface SessionListener {
  event(event: InstructorEvent): void;
  connection(connection: Connection): void;
}

/**
 * Where a session's page gets what it shows: one workspace's server, a dashboard that follows many, a test.
 * Modules take one and know no address.
 */
export interface SessionSource extends RecordingSource {
  /** Follows the session until the answer is called. Each record comes once, over all reconnects. */
  follow(listener: SessionListener): { reconnect(): void; close(): void };
  /** A terminal to look at, never to type in. */
  watch(terminal: string): TerminalSource;
  /** Of the whole session as one archive; undefined where there is none. */
  readonly exportUrl: string | undefined;
}

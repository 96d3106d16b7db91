import type { Connection } from "../connection/connection-state.ts";

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** What the pane shows around the screen: how the wire stands, and how the shell behind it stands. */
export interface TerminalStatus {
  readonly connection: Connection;
  readonly shell: "starting" | "ready" | "exited" | "closed";
  readonly exitCode?: number;
  /** What was typed last may have gone nowhere: the line was lost before anything more was heard. Until the next key. */
  readonly isLastKeyInDoubt?: true;
}

export type TerminalSourceEvent =
  /** `consumed` must be called once the screen has taken the bytes in: it is what flow control counts. */
  | { readonly type: "output"; readonly bytes: Uint8Array; readonly consumed: () => void }
  /** Clear the screen, take the size, paint the bytes. */
  | { readonly type: "snapshot"; readonly size: TerminalSize; readonly bytes: Uint8Array }
  /** Another viewer gave the shell this size. */
  | { readonly type: "size"; readonly size: TerminalSize }
  | { readonly type: "status"; readonly status: TerminalStatus }
  | { readonly type: "notice"; readonly message: string };

export interface TerminalLink {
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /** A new shell in place of one that has ended. */
  restart(): void;
  reconnect(): void;
  close(): void;
}

/**
 * Where a terminal pane gets its bytes from: a live shell, a recording, a test. `readOnly` sources
 * ignore `write` and `resize`.
 */
export interface TerminalSource {
  readonly readOnly: boolean;
  connect(size: TerminalSize, listen: (event: TerminalSourceEvent) => void): TerminalLink;
}

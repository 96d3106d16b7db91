import type { CommandRecord, Role, TerminalView } from "@atelier/contract";
import type { WebSocket } from "ws";

/**
 * All terminals of the workspace: shells that outlive connections, their recordings and the command
 * log. One instance per server; made by `createTerminals` once the lease is held.
 */
export interface Terminals extends AsyncDisposable {
  list(): readonly TerminalView[];
  /** Opens a terminal; without a name the next free one of `1`, `2`, … Throws `AppError`
   * `terminal-exists` or `too-many-terminals`. */
  open(name?: string): Promise<TerminalView>;
  /** Ends the shell's process group and forgets the terminal. Throws `AppError` `no-such-terminal`. */
  close(name: string): Promise<void>;
  /** Hands an accepted WebSocket over to a terminal, which then owns it. */
  attach(name: string, viewer: { readonly socket: WebSocket; readonly role: Role; readonly id: string }): void;
  /** Newest last, at most `limit`, already redacted. */
  recentCommands(limit: number): readonly CommandRecord[];
  /** Working directory of the first terminal's shell as last reported. */
  currentDirectory(): string | undefined;
  /** When a terminal last had input or output, in ms of `performance.now()`. */
  activeAt(): number;
  /** What the student has running besides the shells themselves, by name. */
  jobs(): readonly string[];
  /** Steps go into recordings as markers and into the command log. */
  enterStep(step: string): void;
  /** Called when `list()` would answer differently. Answers the unsubscribe function. */
  subscribe(listener: () => void): () => void;
}

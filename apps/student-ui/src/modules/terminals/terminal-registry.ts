import type { RunOutcome, TerminalHandle } from "@atelier/ui/terminal";
import { createContext, useContext } from "react";

/** `unread`: what is recorded has not been read yet, so nothing is typed. */
export type BlockOutcome = RunOutcome | "unread";

export interface RunOptions {
  /** Name of the terminal; absent: {@link TerminalRegistry.target}. */
  readonly terminal?: string;
  /** Ctrl-C goes first. */
  readonly interrupt?: boolean;
  /** The focus follows. */
  readonly takeFocus?: boolean;
}

/** A terminal with what stands around its screen. */
export interface RegisteredTerminal extends TerminalHandle {
  showText(): void;
  search(): void;
}

/** What the rest of the page may do with the terminals. */
export interface TerminalRegistry {
  /** False where the workspace has no web terminal. */
  readonly enabled: boolean;
  /** Name of the terminal in front. */
  readonly current: string | undefined;
  /** Name of the one in which a block runs that names none. */
  readonly target: string | undefined;
  /** Types into a terminal and shows it; opens the one that is named when it is not there yet. */
  run(text: string, options?: RunOptions): Promise<BlockOutcome>;
  focus(): void;
  /** Shows what the terminal in front holds as text that stands still. */
  showText(): void;
  /** Opens the search of the terminal in front. */
  search(): void;
  register(name: string, terminal: RegisteredTerminal | null): void;
  choose(name: string): void;
}

export const TerminalContext = createContext<TerminalRegistry>({
  enabled: false,
  current: undefined,
  target: undefined,
  run: async () => "not-connected",
  focus: () => {},
  showText: () => {},
  search: () => {},
  register: () => {},
  choose: () => {},
});

export const useTerminals = (): TerminalRegistry => useContext(TerminalContext);

import type { RunOutcome, TerminalHandle } from "@atelier/ui/terminal";
import { createContext, useContext } from "react";

/** What the rest of the page may do with the terminals. */
export interface TerminalRegistry {
  /** False where the workspace has no web terminal. */
  readonly enabled: boolean;
  /** Name of the terminal in front. */
  readonly current: string | undefined;
  /** Types into the terminal in front and shows it; the focus follows only when `takeFocus`. */
  run(text: string, takeFocus: boolean): RunOutcome;
  focus(): void;
  register(name: string, handle: TerminalHandle | null): void;
  choose(name: string): void;
}

export const TerminalContext = createContext<TerminalRegistry>({
  enabled: false,
  current: undefined,
  run: () => "not-connected",
  focus: () => {},
  register: () => {},
  choose: () => {},
});

export const useTerminals = (): TerminalRegistry => useContext(TerminalContext);

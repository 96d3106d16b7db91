import type { RunOutcome, TerminalHandle } from "@atelier/ui/terminal";
import type { RunOptions } from "./terminal-registry.ts";

/** The terminals of the page, as running a block needs them. */
export interface RunningTerminals {
  /** Of the terminal that is named, or of the one for blocks that name none. */
  handleOf(name: string | undefined): TerminalHandle | undefined;
  open(name: string): Promise<void>;
  /** The text has been typed there. */
  shown(name: string | undefined): void;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** How long a program has to end and the shell to show its prompt. */
const afterInterruptMs = 400;
const newTerminalMs = 15_000;
/** A terminal that has just lost its shell to a move, or its network, is back within this time. */
const comingBackMs = 5000;

/** Types a block: into which terminal, and after what. One that is new, or on its way back, has its time. */
export const runIn = async (
  text: string,
  { terminal, interrupt = false }: RunOptions = {},
  terminals: RunningTerminals,
): Promise<RunOutcome> => {
  let handle = terminals.handleOf(terminal);
  let patience = comingBackMs;
  if (handle === undefined && terminal !== undefined) {
    await terminals.open(terminal);
    patience = newTerminalMs;
  } else if (interrupt && handle !== undefined) {
    handle.interrupt();
    await wait(afterInterruptMs);
  }
  for (let waited = 0; ; waited += 100) {
    handle = terminals.handleOf(terminal);
    const outcome = handle?.run(text) ?? "not-connected";
    if (outcome === "typed") terminals.shown(terminal);
    if (outcome !== "not-connected" || waited >= patience) return outcome;
    await wait(100);
  }
};

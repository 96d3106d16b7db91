import { statSync } from "node:fs";
import { allProcesses, type ProcessStat, programOf, statOf } from "../terminal/process-state.ts";

export interface WatchForeignTerminalsOptions {
  /** Our terminals: their names, and the processes of their shells. */
  readonly shells: () => readonly { readonly name: string; readonly pid: number }[];
  /** Processes of others, such as a manager's, are not looked at. */
  readonly uid: number;
  /** Whether all processes of that user come from our terminals, also when they have outlived their parents. */
  readonly isAlone: boolean;
  /** A process has a terminal that is none of ours. */
  readonly onFound: (terminal: string, program: string) => void;
}

/** For a process that no shell of ours is an ancestor of any more. */
const unknownTerminal = "none";

/**
 * Looks for terminals inside our terminals: whatever makes one (`script`, `tmux`, a `pty.spawn` of Python)
 * and whatever it is called, the kernel knows the terminal of what runs in it. Answers the look, to be
 * taken every second or so; each terminal is told once while it is there.
 */
export const createForeignTerminalWatch = (options: WatchForeignTerminalsOptions): (() => void) => {
  let told: ReadonlySet<number> = new Set();
  return () => {
    const shells = options.shells();
    const own = new Set(shells.map(({ pid }) => statOf(pid)?.terminal));
    const found = new Set<number>();
    for (const pid of allProcesses()) {
      const stat = statOf(pid);
      if (stat === undefined || stat.terminal === 0 || own.has(stat.terminal) || found.has(stat.terminal)) continue;
      if (ownerOf(pid) !== options.uid) continue;
      const terminal = terminalOf(stat, shells) ?? (options.isAlone ? unknownTerminal : undefined);
      if (terminal === undefined) continue;
      found.add(stat.terminal);
      if (told.has(stat.terminal)) continue;
      // Its maker says more than the shell in it.
      const program = programOf(stat.session) ?? programOf(pid) ?? "a program";
      options.onFound(terminal, program);
    }
    told = found;
  };
};

const ownerOf = (pid: number): number | undefined => {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
};

const terminalOf = (
  stat: ProcessStat,
  shells: readonly { readonly name: string; readonly pid: number }[],
): string | undefined => {
  for (let at: ProcessStat | undefined = stat, depth = 0; at !== undefined && at.parent > 1 && depth < 100; depth++) {
    const { parent } = at;
    const shell = shells.find(({ pid }) => pid === parent);
    if (shell) return shell.name;
    at = statOf(parent);
  }
  return undefined;
};

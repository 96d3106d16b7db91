import { readdirSync, readFileSync } from "node:fs";

/** What the kernel says about a terminal's processes. */
export interface ForegroundState {
  /** The process group in the foreground of the terminal. */
  readonly group: number;
  /** Whether that is the shell's own group. */
  readonly isShell: boolean;
  /** Name of the group's leader, e.g. `vim`. */
  readonly program: string | undefined;
  /** Name of the program that gave the terminal to that group, when it is not the shell. */
  readonly starter?: string;
}

/** Undefined when the process is gone. */
export const foregroundOf = (shellPid: number): ForegroundState | undefined => {
  const stat = statOf(shellPid);
  if (stat === undefined) return undefined;
  const { group: own, foreground: group } = stat;
  const program = group > 0 ? programOf(group) : undefined;
  const parent = group === own ? shellPid : statOf(group)?.parent;
  const starter = parent === undefined || parent === shellPid || parent <= 1 ? undefined : programOf(parent);
  return { group, isShell: group === own, program, ...(starter === undefined ? {} : { starter }) };
};

/** Name of a process, as the kernel has it: at most 15 characters, and whatever the process calls itself. */
export const programOf = (pid: number): string | undefined => readText(`/proc/${pid}/comm`)?.trim();

/** What `/proc/<pid>/stat` says, see proc(5): fields 3 to 8, and 22. */
export interface ProcessStat {
  /** It has ended, and waits for its parent to notice. */
  readonly isZombie: boolean;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Number of the controlling terminal; 0 for none. */
  readonly terminal: number;
  /** The process group in the foreground of that terminal. */
  readonly foreground: number;
  /** When it was started, in ticks since the machine was: with its number it is the only one ever. */
  readonly started: number;
}

/** Undefined when the process is gone. */
export const statOf = (pid: number): ProcessStat | undefined => {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name may hold spaces and parentheses: fields count from the last one.
  const [state, ...numbers] = text.slice(text.lastIndexOf(")") + 2).split(" ", 20);
  const [parent, group, session, terminal, foreground] = numbers.map(Number);
  return {
    isZombie: state === "Z",
    parent: parent ?? 0,
    group: group ?? 0,
    session: session ?? 0,
    terminal: terminal ?? 0,
    foreground: foreground ?? 0,
    started: Number(numbers[18]),
  };
};

/** Every process there is. */
export const allProcesses = (): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

/** Every process of a session, ended ones that nobody has asked for included. */
export const sessionOf = (leader: number): readonly number[] =>
  allProcesses().filter((pid) => statOf(pid)?.session === leader);

/** Programs that put another shell or terminal between the student and us. */
const nesting = new Set([
  "bash",
  "sh",
  "dash",
  "ash",
  "zsh",
  "fish",
  "ksh",
  "mksh",
  "tcsh",
  "csh",
  "tmux",
  "tmux: client",
  "screen",
  "script",
  "su",
  "sudo",
  "ssh",
  "docker",
  "kubectl",
  "nsenter",
  "chroot",
  "expect",
  "asciinema",
  "busybox",
  "nu",
  "pwsh",
  "xonsh",
]);

export const isNesting = (program: string): boolean => nesting.has(program);

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

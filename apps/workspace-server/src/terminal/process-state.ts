import { readdirSync, readFileSync } from "node:fs";

/** What the kernel says about a terminal's processes. */
export interface ForegroundState {
  /** The process group in the foreground of the terminal. */
  readonly group: number;
  /** Whether that is the shell's own group. */
  readonly isShell: boolean;
  /** Name of the group's leader, e.g. `vim`. */
  readonly program: string | undefined;
}

/** Reads `/proc/<pid>/stat`; undefined when the process is gone. See proc(5): fields 5 and 8. */
export const foregroundOf = (shellPid: number): ForegroundState | undefined => {
  const stat = readText(`/proc/${shellPid}/stat`);
  if (stat === undefined) return undefined;
  // The name may hold spaces and parentheses: fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = Number(fields[2]);
  const group = Number(fields[5]);
  return { group, isShell: group === own, program: group > 0 ? readText(`/proc/${group}/comm`)?.trim() : undefined };
};

/**
 * Every process of the shell's session, background jobs with groups of their own included. What has made
 * a session of its own (setsid, tmux) is not among them.
 */
export const sessionOf = (shellPid: number): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = readText(`/proc/${pid}/stat`);
      return stat !== undefined && Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]) === shellPid;
    });

/** Names of what runs in the shell's session besides the shell, in the foreground or behind it. */
export const jobsOf = (shellPid: number): readonly string[] =>
  sessionOf(shellPid)
    .filter((pid) => pid !== shellPid)
    .flatMap((pid) => readText(`/proc/${pid}/comm`)?.trim() ?? []);

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

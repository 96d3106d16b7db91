import { setTimeout as sleep } from "node:timers/promises";
import { processesOf } from "../limits/student-processes.ts";
import { programOf, sessionOf, statOf } from "./process-state.ts";

/** What a program has to save its work in after SIGHUP. */
const graceMs = 200;

/**
 * Everything that a shell has started in its session, background jobs with groups of their own included, also
 * after the shell itself has ended. What has made a session of its own (setsid, tmux) is not part of it.
 *
 * The kernel gives a session's number to nobody else while anything is in it. Afterwards it may: whoever keeps
 * this object looks at {@link members} now and then, and forgets it when there are none.
 */
export class ShellSession {
  readonly #shell: number;
  readonly #started: number | undefined;
  readonly #uid: number;

  /**
   * @param uid of whoever the shell belongs to
   * @param started when the shell was, as the kernel has it
   */
  constructor(shell: number, uid: number, started = statOf(shell)?.started) {
    this.#shell = shell;
    this.#started = started;
    this.#uid = uid;
  }

  /** What runs in it; what has ended and was not asked for runs no more. */
  members(): readonly number[] {
    const leader = statOf(this.#shell);
    const running = sessionOf(this.#shell).filter((pid) => statOf(pid)?.isZombie === false);
    // Another process by the shell's number leads another session. One that was started this very moment leads
    // none yet, on a busy machine.
    if (leader !== undefined) {
      if (leader.started !== this.#started) return [];
      return running.includes(this.#shell) || leader.isZombie ? running : [this.#shell, ...running];
    }
    const own = new Set(processesOf(this.#uid).map(({ pid }) => pid));
    return running.filter((pid) => own.has(pid));
  }

  /** Names of what runs in it besides the shell, in the foreground or behind it. */
  jobs(): readonly string[] {
    return this.members().flatMap((pid) => (pid === this.#shell ? [] : (programOf(pid) ?? [])));
  }

  /** Asks everything in it to go, and soon afterwards no longer asks. */
  end(): void {
    const asked = this.members();
    for (const pid of asked) signal(pid, "SIGHUP");
    for (const pid of asked) signal(pid, "SIGCONT");
    if (asked.length === 0) return;
    const left = (): readonly number[] =>
      asked.includes(this.#shell) ? [...new Set([...sessionOf(this.#shell), ...this.members()])] : this.members();
    setTimeout(() => {
      for (const pid of left()) signal(pid, "SIGKILL");
    }, graceMs);
  }
}

const signal = (pid: number, name: "SIGHUP" | "SIGCONT" | "SIGKILL"): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended between the look and the signal.
  }
};

/** Waits until nothing of these sessions is left, at most so long. */
export const untilSessionsEnd = async (sessions: readonly ShellSession[], mostMs: number): Promise<void> => {
  for (const end = performance.now() + mostMs; performance.now() < end; await sleep(4))
    if (sessions.every((session) => session.members().length === 0)) return;
};

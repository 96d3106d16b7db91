import type { ShellMarker } from "../command-log/marker-filter.ts";
import { type ForegroundState, isNesting } from "./process-state.ts";

export interface ForegroundWatchOptions {
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** The shell's own name, as the kernel has it. */
  readonly shell: string;
  /** Whether the shell reports each line it reads, continued ones included. */
  readonly isReportingLines: boolean;
  readonly onNestedShell: (program: string) => void;
  readonly onIntegrationLost: (cause: string) => void;
}

/** What the command tracker knows of the shell. */
export interface ShellState {
  readonly hasPrompt: boolean;
  readonly isRunning: boolean;
  /** What it has said may lie unread, since its output waits for somebody to read. */
  readonly isBehind?: boolean;
}

/** What is pressed twice and answered by no report is no slip of the completion's pager. */
const unansweredLines = 2;
const answerMs = 2000;
/** A program may be seen before the word of its start is read, which lies in the kernel in this very moment. */
const unreadMs = { atOnce: 50, behind: 3000 } as const;

/**
 * Compares what the shell says with what the kernel says about the terminal's foreground, and tells each
 * doubt once until the shell reports again: another shell or terminal inside, a program that the shell
 * never announced, another program in the shell's place, lines entered that nobody reports.
 */
export class ForegroundWatch {
  readonly #options: ForegroundWatchOptions;
  readonly #told = new Set<string>();
  #lines = 0;
  #enteredAt = 0;
  #isPasting = false;
  /** A program that was not announced when it was first seen. */
  #unannounced: { readonly group: number; readonly since: number } | undefined;

  constructor(options: ForegroundWatchOptions) {
    this.#options = options;
  }

  /** The student typed. Lines of a bracketed paste are not entered until an Enter after it. */
  typed(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    let entered = 0;
    for (const [token] of text.matchAll(/\u001b\[20[01]~|[\r\n]/g)) {
      if (token === "\r" || token === "\n") entered += this.#isPasting ? 0 : 1;
      else this.#isPasting = token.endsWith("0~");
    }
    if (entered === 0) return;
    this.#lines += entered;
    this.#enteredAt = this.#options.clock();
  }

  /** The shell spoke. A start or a continuation answers one line; at its prompt whatever was in doubt is settled. */
  reported(kind: Exclude<ShellMarker["kind"], "level">): void {
    this.#unannounced = undefined;
    // Who reports no continued lines answers all of them with the command that they were.
    if (kind === "start" && !this.#options.isReportingLines) this.#lines = 0;
    else if (kind === "start" || kind === "continued") this.#lines = Math.max(0, this.#lines - 1);
    else {
      this.#lines = 0;
      this.#told.clear();
    }
  }

  /** A second look, soon, decides. */
  get isInDoubt(): boolean {
    return this.#unannounced !== undefined;
  }

  /** A report of the shell has no end, or broke off: what it said is nowhere. */
  brokeOff(): void {
    this.lost("a report of the shell broke off, and is neither in the log nor in the recording");
  }

  /** Tells a doubt that is none of what {@link look} sees. */
  lost(cause: string): void {
    this.#lost(cause, cause);
  }

  look({ group, isShell, program, starter }: ForegroundState, state: ShellState): void {
    const { hasPrompt, isRunning } = state;
    const { shell, onNestedShell, clock, isReportingLines } = this.#options;
    // At the prompt of one that reports no continued lines any number of them is no doubt. A command that has begun
    // and never ends, while the shell itself reads lines, is one: nothing is left that would say so.
    const isUnanswered =
      (isReportingLines || (hasPrompt && isRunning)) &&
      this.#lines >= unansweredLines &&
      clock() - this.#enteredAt >= answerMs;
    if (!hasPrompt) {
      // A start-up file of the student's has kept the integration out, or still runs and reads lines.
      if (isUnanswered) this.#lost("silence", `${this.#lines} lines were entered, and the shell has never reported`);
      return;
    }
    if (!isShell) {
      // Only what does a shell's work hands the terminal on, whatever it is called.
      const nested = program !== undefined && isNesting(program) ? program : starter;
      if (nested !== undefined) this.#once(`nested ${nested}`, () => onNestedShell(nested));
      if (this.#isUnannounced(group, state))
        this.#lost(`${group}`, `${program ?? "a program"} runs, and the shell did not say that it was started`);
      return;
    }
    this.#unannounced = undefined;
    if (program !== shell) {
      this.#lost(`exec ${program}`, `${program ?? "another program"} runs in the place of ${shell}`);
      return;
    }
    if (isUnanswered)
      this.#lost(
        "silence",
        isRunning
          ? `${this.#lines} lines were entered while the shell itself runs a command: that one's input, or commands that it no longer reports`
          : `${this.#lines} lines were entered, and the shell reported none of them`,
      );
  }

  #isUnannounced(group: number, { isRunning, isBehind = false }: ShellState): boolean {
    if (isRunning) {
      this.#unannounced = undefined;
      return false;
    }
    const now = this.#options.clock();
    if (this.#unannounced?.group !== group) this.#unannounced = { group, since: now };
    return now - this.#unannounced.since >= (isBehind ? unreadMs.behind : unreadMs.atOnce);
  }

  #lost(what: string, cause: string): void {
    this.#once(`lost ${what}`, () => this.#options.onIntegrationLost(cause));
  }

  #once(what: string, tell: () => void): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    tell();
  }
}

import { type CommandRecord, wholeCharacters } from "@atelier/contract";
import { longestConsidered, type Redact } from "../recording/redact.ts";
import type { ShellMarker } from "./marker-filter.ts";

/** A command record before the log stamps it. */
export type NewCommandRecord = Omit<CommandRecord, "v" | "seq" | "ts">;

export interface CommandTrackerOptions {
  readonly terminal: string;
  readonly shell: string;
  readonly currentStep: () => string | undefined;
  readonly redact: Redact;
  readonly now: () => Date;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** Whether the shell itself is in the foreground of its terminal right now. */
  readonly isShellInForeground: () => boolean;
  readonly onStart: (command: string) => void;
  readonly onCommand: (record: NewCommandRecord) => void;
  /** The shell has run commands of which it told no start: they are in no record. */
  readonly onUntold: (cause: string) => void;
}

/** Most characters of a command that are kept; the line stays far below 64 KiB. */
const longestCommand = 16_384;

/** In the place of a command that the shell did not tell. */
const untold = "(not told by the shell)";

/** Whoever has the nonce can send anything: a number that is no exit code must not reach a record. */
const exitCodeOf = (text: string): number | undefined =>
  /^\d{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;

interface Pending {
  readonly command: string;
  readonly isTruncated: boolean;
  readonly isRedacted: boolean;
  readonly isUntold: boolean;
  readonly cwd: string;
  readonly startedAt: Date;
  readonly startedClock: number;
}

/** By the shell's own count, see `bash.sh`. */
const readCount = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

/**
 * Turns markers into records. A state machine with two states, prompt and running: a start without an
 * end before it is what a shell does that was replaced or interrupted, and is written down as such. An end
 * without a start is what follows an empty line; where the shell counts what it reads, it is known which.
 */
export class CommandTracker {
  readonly #options: CommandTrackerOptions;
  #pending: Pending | undefined;
  #cwd = "";
  #hasPrompt = false;
  /** Starts since the last end, and the shell's own count of commands then. */
  #starts = 0;
  #read: number | undefined;
  #isSilent = false;

  constructor(options: CommandTrackerOptions) {
    this.#options = options;
  }

  get cwd(): string | undefined {
    return this.#cwd === "" ? undefined : this.#cwd;
  }
  get isRunning(): boolean {
    return this.#pending !== undefined;
  }
  /** Whether the integration has ever spoken. */
  get hasPrompt(): boolean {
    return this.#hasPrompt;
  }

  /** @param isLast whether nothing follows in the same piece of output: only then can the state be compared */
  take(marker: ShellMarker, isLast: boolean): void {
    const [first = "", second = "", third = ""] = marker.fields;
    if (marker.kind === "start") {
      // Lines that were pasted together have no prompt between them. Bash says how the one before ended.
      const ended = exitCodeOf(second);
      if (this.#pending)
        this.#finish(
          ended,
          ended === undefined ? "the shell read another command before this one was done" : undefined,
        );
      if (third !== "") this.#cwd = third;
      this.#starts++;
      this.#start(first);
    } else if (marker.kind === "end") {
      this.#hasPrompt = true;
      const doubt =
        isLast && !this.#options.isShellInForeground()
          ? "the shell was not in the foreground when it said so"
          : undefined;
      if (this.#pending) this.#finish(exitCodeOf(first), doubt);
      this.#cwd = second;
      this.#compare(readCount(third));
    } else if (marker.kind === "prompt") this.#cwd = first;
    else if (marker.kind === "gone") this.#untold("what tells each command's start had been taken out of the shell");
  }

  /** Told once, until the shell tells a start again. */
  #untold(cause: string): void {
    if (!this.#isSilent) this.#options.onUntold(cause);
    this.#isSilent = true;
  }

  #compare(read: number | undefined): void {
    const isUntold = read !== undefined && this.#read !== undefined && read - this.#read > this.#starts;
    if (isUntold) this.#untold("the shell has run a command without telling which; it is not in the log");
    else if (this.#starts > 0) this.#isSilent = false;
    this.#read = read;
    this.#starts = 0;
  }

  /** The shell is gone: what still ran has no exit code. */
  close(): void {
    if (this.#pending) this.#finish(undefined, undefined);
  }

  #start(text: string): void {
    const { redact, now, clock, onStart } = this.#options;
    const redacted = text === "" ? untold : redact(text, longestConsidered);
    const command = wholeCharacters(redacted, longestCommand);
    const cwd = redact(this.#cwd, longestConsidered);
    this.#pending = {
      command,
      isTruncated: command.length < redacted.length || text.length > longestConsidered,
      isRedacted: (text !== "" && redacted !== text.slice(0, longestConsidered)) || cwd !== this.#cwd,
      isUntold: text === "",
      cwd,
      startedAt: now(),
      startedClock: clock(),
    };
    onStart(command);
  }

  #finish(exitCode: number | undefined, seen: string | undefined): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const doubt =
      seen ??
      (pending.isUntold
        ? "the shell's history is off or leaves the command out, so it cannot say what it runs"
        : undefined);
    this.#pending = undefined;
    const { terminal, shell, currentStep, clock, onCommand } = this.#options;
    const step = currentStep();
    onCommand({
      type: "command",
      terminal,
      ...(step === undefined ? {} : { step }),
      command: pending.command,
      ...(pending.isTruncated ? { truncated: true } : {}),
      ...(pending.isRedacted ? { redacted: true } : {}),
      cwd: pending.cwd,
      ...(exitCode === undefined ? {} : { exitCode }),
      startedAt: pending.startedAt.toISOString(),
      durationMs: Math.round(clock() - pending.startedClock),
      verified: doubt === undefined,
      ...(doubt === undefined ? {} : { doubt }),
      shell,
    });
  }
}

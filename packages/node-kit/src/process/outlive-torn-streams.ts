/** Codes that say of a stream that its other end has gone, and of nothing else. */
const tornCodes = new Set([
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ABORT_ERR",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_DESTROYED",
  // Those of the tar's streams.
  "STREAM_DESTROYED",
  "PREMATURE_CLOSE",
]);

/** Whether an error says no more than that whoever was at the other end of a stream has gone. */
export const isTornStream = (error: unknown): boolean =>
  error instanceof Error &&
  (("code" in error && tornCodes.has(String(error.code))) ||
    error.name === "AbortError" ||
    // The one error of the tar's streams that has no code.
    error.message === "tar entry destroyed");

export interface OutliveOptions {
  readonly log: (event: Readonly<Record<string, unknown>>) => void;
  /** Begins the names of the events that are logged. */
  readonly name: string;
}

/**
 * The last net of a process that others depend on: an error that nobody listened to ends it, as ever,
 * unless all it says is that somebody went away in the middle of a stream. Such a stream holds nothing but
 * bytes on their way to who is gone; to end every shell for it would be the only harm. Anything else may
 * have left state half changed, which nobody may go on with: it is logged and ends the process.
 *
 * Gotchas: what is caught here is a bug all the same, a stream without a listener; look for
 * `<name>.stream-unheard` in the log.
 */
export const outliveTornStreams = ({ log, name }: OutliveOptions): void => {
  // Nobody may read the log any more: saying so there would come round for ever.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {});
  process.on("uncaughtException", (error, origin) => {
    const cause = error instanceof Error ? (error.stack ?? String(error)) : String(error);
    if (isTornStream(error)) {
      log({ event: `${name}.stream-unheard`, origin, error: cause });
      return;
    }
    log({ event: `${name}.crashed`, origin, error: cause });
    process.exit(1);
  });
};

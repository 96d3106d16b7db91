import type { Client } from "@dagger.io/dagger";
import { AppError } from "@atelier/domain";
import type { DaggerHost } from "./dagger-host.ts";

/**
 * Opens a session and hands its client to the work; the session ends with it. The SDK is told by variables
 * of this process where CLI and engine are, and is loaded on first need: it is as heavy as the rest of us.
 * Throws `AppError` `dagger-unreachable`.
 */
export const withDagger = async <T>(
  host: DaggerHost,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> => {
  signal.throwIfAborted();
  process.env._EXPERIMENTAL_DAGGER_CLI_BIN = host.cli;
  if (host.runner) process.env._EXPERIMENTAL_DAGGER_RUNNER_HOST = host.runner;
  // A build is nobody's business but the author's.
  process.env.DO_NOT_TRACK ??= "1";
  const { connect } = await import("@dagger.io/dagger");
  let answer: { readonly value: T } | undefined;
  let isConnected = false;
  let failure: { readonly error: unknown } | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  });
  aborted.catch(() => undefined);
  try {
    await connect(async (client) => {
      isConnected = true;
      try {
        // The SDK takes no signal; leaving ends the session, and with it whatever still runs in the engine.
        answer = { value: await Promise.race([work(client), aborted]) };
      } catch (error) {
        failure = { error };
      }
    });
  } catch (cause) {
    // What the SDK says of its own end is of no use once the work has failed or been done.
    if (!isConnected)
      throw new AppError("dagger-unreachable", `No session with the Dagger engine: ${(cause as Error).message}`, {
        hint: "Start the Dagger engine, or build with `--builder docker`.",
        cause,
      });
  }
  if (failure) throw failure.error;
  if (answer === undefined) throw new Error("the session ended before its work");
  return answer.value;
};

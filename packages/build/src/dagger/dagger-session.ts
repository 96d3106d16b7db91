import { AppError } from "@atelier/domain";
import { isFullDisk } from "../disk-full.ts";
import type { DaggerHost } from "./dagger-host.ts";
import { useKeptSession } from "./session/kept-session.ts";
import { openSession } from "./session/open-session.ts";
import { ConnectionLost, QueryFailed, querySession } from "./session/query-session.ts";
import { engineError, type SdkClient, sdkClient } from "./session/sdk-client.ts";

export interface DaggerSessionOptions {
  readonly host: DaggerHost;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How a session is kept for the builds to come; absent: this one ends with its work. */
  readonly keeper?: { readonly folder: string; readonly command: readonly [string, ...string[]] };
  readonly signal: AbortSignal;
}

/** What work in a session is given. */
export interface DaggerSession extends SdkClient {
  /** Ids that earlier work in the same session remembered, by what they are of. */
  readonly known: ReadonlyMap<string, string>;
  remember(entries: Readonly<Record<string, string>>): void;
}

/**
 * Hands a session's client to the work: that of the session which is kept, else of one of its own. When the signal
 * is aborted, whatever still runs for this work in the engine is cancelled. Throws `AppError` `dagger-unreachable`.
 */
export const withDagger = async <T>(
  options: DaggerSessionOptions,
  work: (session: DaggerSession) => Promise<T>,
): Promise<T> => {
  const { signal } = options;
  await using opened = new AsyncDisposableStack();
  // Meanwhile: it is the biggest thing that a build loads.
  const sdk = import("@dagger.io/dagger");
  sdk.catch(() => undefined);
  const { address, known, remember } = await open(options, opened).catch((cause: Error) => {
    signal.throwIfAborted();
    throw new AppError("dagger-unreachable", `No session with the Dagger engine: ${cause.message}`, {
      hint: "Start the Dagger engine, or build with `--builder docker`.",
      cause,
    });
  });
  const query = opened.use(querySession(address, signal));
  try {
    return await work({ ...sdkClient(await sdk, query), known, remember });
  } catch (error) {
    // What the SDK says of a query that was cancelled is of no use.
    signal.throwIfAborted();
    throw explained(engineError(error));
  }
};

/** A failure that is the engine's and not the workshop's. */
const explained = (error: unknown): unknown => {
  if (error instanceof ConnectionLost)
    return new AppError("dagger-lost", `The session with the Dagger engine broke off: ${error.message}`, {
      hint: "Build again: what was made before is cached. The log of the engine's container may say why.",
      cause: error,
    });
  // Whoever knows what was being made says that the engine's disk is full.
  if (error instanceof QueryFailed && !isFullDisk(error))
    return new AppError("dagger-failed", `The Dagger engine says: ${error.message}`, {
      hint: "Build again, or build with `--builder docker`.",
      cause: error,
    });
  return error;
};

const open = async ({ host, env, keeper, signal }: DaggerSessionOptions, opened: AsyncDisposableStack) => {
  signal.throwIfAborted();
  const kept = keeper && (await useKeptSession({ host, env, ...keeper, signal }));
  if (kept) {
    const { address, known, remember } = opened.use(kept);
    return { address, known, remember };
  }
  const { address } = opened.use(await openSession({ host, env, signal }));
  return { address, known: new Map<string, string>(), remember: () => undefined };
};

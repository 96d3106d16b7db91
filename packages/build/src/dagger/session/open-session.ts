import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { DaggerHost } from "../dagger-host.ts";

/** Where a session's server answers on the loopback interface, and the token that it asks for. */
export interface SessionAddress {
  readonly port: number;
  readonly token: string;
}

/** A session with the engine, held by a `dagger` process: it ends with that. */
export interface OpenSession extends AsyncDisposable {
  readonly address: SessionAddress;
  /** Settles when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

export interface OpenSessionOptions {
  readonly host: DaggerHost;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** So long an engine may take until it answers. */
  readonly answerMs?: number;
  readonly signal: AbortSignal;
}

/** Well above what an engine takes that has a crowded machine; one that is to be pulled first has its own limit. */
export const engineAnswerMs = 30_000;

const addressSchema = z.object({ port: z.number().int().positive(), session_token: z.string().min(1) });

/** So much is kept of what a process says that then does not start. */
const mostSaid = 4000;
const endTimeoutMs = 10_000;

/**
 * Opens a session; `--silent`, because what it would keep to show of every build nobody sees. Throws what it said
 * last, or that the engine did not answer in time.
 */
export const openSession = async ({
  host,
  env,
  answerMs = engineAnswerMs,
  signal,
}: OpenSessionOptions): Promise<OpenSession> => {
  signal.throwIfAborted();
  const child = spawn(host.cli, ["session", "--silent", "--label", "dagger.io/sdk.name:nodejs"], {
    // A build is nobody's business but the author's.
    env: { DO_NOT_TRACK: "1", ...env, ...(host.runner ? { _EXPERIMENTAL_DAGGER_RUNNER_HOST: host.runner } : {}) },
    // It ends when its stdin does, so also when we are killed. Of a group of its own: Ctrl-C is ours to handle.
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  child.once("error", (error) => {
    said = error.message;
  });
  child.stdin.on("error", () => undefined);
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data.toString("utf8")).slice(-mostSaid);
  });
  const end = async (): Promise<void> => {
    child.stdin.end();
    const late = sleep(endTimeoutMs, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
    await Promise.race([ended, late]);
  };
  const deadline = AbortSignal.timeout(answerMs);
  try {
    const address = await readAddress(child.stdout, AbortSignal.any([signal, deadline]));
    child.stdout.resume();
    return { address, ended, [Symbol.asyncDispose]: end };
  } catch (cause) {
    // What waits for an engine that says nothing would not hear that it is to end either.
    if (deadline.aborted) child.kill("SIGKILL");
    await end();
    signal.throwIfAborted();
    if (deadline.aborted) throw new Error(`${host.runner ?? "the engine"} did not answer within ${answerMs / 1000} s`);
    throw new Error(said.trim() || (cause as Error).message, { cause });
  }
};

/** What stands on the first line that it prints. */
const readAddress = async (stdout: Readable, signal: AbortSignal): Promise<SessionAddress> => {
  for await (const line of createInterface({ input: stdout, signal })) {
    const { port, session_token } = addressSchema.parse(JSON.parse(line));
    return { port, token: session_token };
  }
  throw new Error("`dagger session` ended without a word");
};

import { spawn } from "node:child_process";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type SupervisorFile, supervisorFileSchema } from "@atelier/contract";
import { AppError, isAppError } from "@atelier/domain";
import { createSupervisorClient, type SupervisorClient } from "./supervisor-client.ts";

export interface EnsureOptions {
  readonly stateDirectory: string;
  /** Version of whoever asks, and of the supervisor that it would start. */
  readonly version: string;
  /** argv of the supervisor's process. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const startTimeoutMs = 20_000;
const handoverTimeoutMs = 300_000;
const pollMs = 15;

/** The running supervisor; undefined when none answers. */
export const findSupervisor = async (stateDirectory: string): Promise<SupervisorClient | undefined> => {
  const file = readSupervisorFile(stateDirectory);
  if (file === undefined) return undefined;
  const client = createSupervisorClient(file);
  try {
    const { ending, pid } = await client.health();
    // Another program, or another state directory's supervisor, may listen there by now.
    return ending || pid !== file.pid ? undefined : client;
  } catch {
    return undefined;
  }
};

/**
 * The supervisor of a state directory that has looked at everything once: the running one, else a new one.
 * One of an older version is asked to hand over first; a newer one is taken as it is. Throws `AppError`
 * `supervisor-not-started`.
 */
export const ensureSupervisor = async (options: EnsureOptions): Promise<SupervisorClient> => {
  const running = await findSupervisor(options.stateDirectory);
  if (running && !isOlder(running.version, options.version)) return whenReady(running, options);
  if (running) {
    await running.handover();
    await waitFor(async () => ((await findFile(options, running.port)) ? undefined : true), options, handoverTimeoutMs);
  }
  start(options);
  let attempts = 0;
  const client = await waitFor(
    async () => {
      // One that was ending when we looked holds the lock until it is gone: then it takes another.
      if (++attempts % 200 === 0) start(options);
      return findSupervisor(options.stateDirectory);
    },
    options,
    startTimeoutMs,
  );
  return whenReady(client, options);
};

const whenReady = async (client: SupervisorClient, options: EnsureOptions): Promise<SupervisorClient> => {
  await waitFor(async () => ((await client.health()).ready ? true : undefined), options, handoverTimeoutMs);
  return client;
};

/** Whether the one at this port is still there. */
const findFile = async ({ stateDirectory }: EnsureOptions, port: number): Promise<boolean> => {
  const file = readSupervisorFile(stateDirectory);
  return (
    file?.port === port &&
    (await createSupervisorClient(file)
      .health()
      .then(
        () => true,
        () => false,
      ))
  );
};

const waitFor = async <T>(
  look: () => Promise<T | undefined>,
  { signal, stateDirectory }: EnsureOptions,
  timeoutMs: number,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await look().catch((error: unknown) => {
      if (isAppError(error) && error.code === "supervisor-gone") return undefined;
      throw error;
    });
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new AppError("supervisor-not-started", "The supervisor did not start.", {
        hint: `${join(stateDirectory, "supervisor.log")} says why.`,
      });
    await sleep(pollMs, undefined, { signal });
  }
};

/** In a session of its own: it outlives the command, the terminal and its Ctrl-C. */
const start = ({ command: [program, ...args], stateDirectory, env }: EnsureOptions): void => {
  const log = openSync(join(stateDirectory, "supervisor.log"), "a", 0o600);
  const child = spawn(program, args, {
    cwd: stateDirectory,
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...env, ATELIER_STATE_DIR: stateDirectory },
  });
  child.once("error", () => {});
  child.unref();
};

const readSupervisorFile = (stateDirectory: string): SupervisorFile | undefined => {
  try {
    return supervisorFileSchema.parse(JSON.parse(readFileSync(join(stateDirectory, "supervisor.json"), "utf8")));
  } catch {
    return undefined;
  }
};

/** `0.9.1` < `0.10.0`, number by number; what follows a hyphen does not count. */
export const isOlder = (version: string, than: string): boolean => {
  const [left, right] = [version, than].map((text) => (text.split("-", 1)[0] ?? "").split(".").map(Number)) as [
    number[],
    number[],
  ];
  for (let part = 0; part < 3; part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
};

import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import type { BuildMemory } from "../memory/build-memory.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How a Dagger engine is reached: the CLI that opens sessions, and the engine it is to use. */
export interface DaggerHost {
  /** Absolute path of the `dagger` CLI. */
  readonly cli: string;
  /** `tcp://host:port` and the like; absent: what the CLI finds or starts by itself. */
  readonly runner?: string;
}

export type DaggerSearch = { readonly host: DaggerHost } | { readonly reason: string };

/** Who asks whether an engine answers; `dagger` may have to start one first. */
export interface DaggerProbe {
  isExecutable(path: string): Promise<boolean>;
  answersAt(host: string, port: number): Promise<boolean>;
  /** Whether `dagger` reaches or starts an engine by itself. */
  reachesEngine(cli: string): Promise<boolean>;
}

/**
 * Looks for a Dagger engine: the CLI by `_EXPERIMENTAL_DAGGER_CLI_BIN` or on PATH, the engine by
 * `_EXPERIMENTAL_DAGGER_RUNNER_HOST` (Dagger's own variables), else whatever the CLI reaches. Nothing is
 * downloaded. Answers why there is none, as half a sentence.
 */
export const findDagger = async (env: Environment, probe: DaggerProbe): Promise<DaggerSearch> => {
  const named = env._EXPERIMENTAL_DAGGER_CLI_BIN;
  const cli = named || (await onPath(env.PATH ?? "", probe));
  if (cli === undefined) return { reason: "there is no `dagger` on PATH" };
  if (!(await probe.isExecutable(cli)))
    return { reason: `_EXPERIMENTAL_DAGGER_CLI_BIN names ${cli}, which cannot be run` };
  const runner = env._EXPERIMENTAL_DAGGER_RUNNER_HOST;
  if (!runner)
    return (await probe.reachesEngine(cli))
      ? { host: { cli } }
      : { reason: "`dagger` is here but reaches no engine (`dagger core version` shows why)" };
  const [, host, port] = /^tcp:\/\/\[?([^\]/]+?)\]?:(\d+)\/?$/.exec(runner) ?? [];
  if (host !== undefined && !(await probe.answersAt(host, Number(port))))
    return { reason: `no Dagger engine answers at ${runner}` };
  return { host: { cli, runner } };
};

const onPath = async (path: string, probe: DaggerProbe): Promise<string | undefined> => {
  for (const folder of path.split(delimiter).filter((part) => part !== "")) {
    const file = join(folder, "dagger");
    if (await probe.isExecutable(file)) return file;
  }
  return undefined;
};

/** How long an engine that was not reached is not waited for again, in ms. */
const failureHolds = 10 * 60 * 1000;

export interface RememberOptions {
  readonly memory: Pick<BuildMemory, "refusedAt" | "noteRefusal">;
  /** In ms since 1970. */
  readonly now: () => number;
  /** Asks whatever is remembered. */
  readonly insists: boolean;
}

/** A probe for whom a CLI that reached no engine reaches none for a while: every build would wait for it anew. */
export const rememberFailures = (probe: DaggerProbe, { memory, now, insists }: RememberOptions): DaggerProbe => ({
  ...probe,
  reachesEngine: async (cli) => {
    const key = `the engine of ${cli}`;
    const failedAt = memory.refusedAt(key);
    if (!insists && failedAt !== undefined && Math.abs(now() - failedAt) < failureHolds) return false;
    const reaches = await probe.reachesEngine(cli);
    if (!reaches) memory.noteRefusal(key, now());
    else if (failedAt) memory.noteRefusal(key, 0);
    return reaches;
  },
});

export interface DaggerProbeOptions {
  readonly signal: AbortSignal;
  /** How long `dagger` may take to reach an engine. A first start pulls the engine's image. */
  readonly startMs: number;
  /** Told once when it takes longer than `slowMs`. */
  readonly onSlow?: () => void;
  readonly slowMs?: number;
}

/** The probe of this machine. */
export const createDaggerProbe = (
  env: Environment,
  { signal, startMs, onSlow, slowMs = 3000 }: DaggerProbeOptions,
): DaggerProbe => ({
  isExecutable: (path) =>
    access(path, constants.X_OK).then(
      () => true,
      () => false,
    ),
  answersAt: (host, port) =>
    new Promise((resolve) => {
      const socket = connect({ host, port });
      const end = (answer: boolean) => (): void => {
        socket.destroy();
        resolve(answer);
      };
      socket.setTimeout(2000);
      socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
    }),
  reachesEngine: (cli) =>
    new Promise((resolve) => {
      const child = spawn(cli, ["core", "version"], {
        env: { ...env },
        stdio: "ignore",
        timeout: startMs,
        signal,
      });
      const slow = setTimeout(() => onSlow?.(), slowMs);
      const end = (reaches: boolean): void => {
        clearTimeout(slow);
        resolve(reaches);
      };
      child.once("error", () => end(false)).once("close", (code) => end(code === 0));
    }),
});

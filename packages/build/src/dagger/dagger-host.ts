import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { connect } from "node:net";
import { delimiter, join } from "node:path";

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
    return (await probe.reachesEngine(cli)) ? { host: { cli } } : { reason: "`dagger` is here but reaches no engine" };
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

/** The probe of this machine. */
export const createDaggerProbe = (env: Environment, signal: AbortSignal): DaggerProbe => ({
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
      // A first start pulls the engine's image; whoever waits for that asks for `--builder dagger`.
      const child = spawn(cli, ["core", "version"], {
        env: { ...env },
        stdio: "ignore",
        timeout: 20_000,
        signal,
      });
      child.once("error", () => resolve(false)).once("close", (code) => resolve(code === 0));
    }),
});

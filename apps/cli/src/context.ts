import { createHash, randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine, StateDirectory, SupervisorClient, Workspaces } from "@atelier/backend-docker";
import type { Builder, BuilderChoice } from "@atelier/build";
import type { Reporter } from "./reporter/reporter.ts";

/** What every command is given: made once in `main.ts`, with what is expensive made on first need. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly version: string;
  readonly now: () => Date;
  readonly newId: () => string;
  state(): Promise<StateDirectory>;
  engine(): Promise<Engine>;
  workspaces(): Promise<Workspaces>;
  /** The process that looks after this state directory's workspaces; started when it does not run. */
  supervisor(): Promise<SupervisorClient>;
  /** The same, but undefined when it does not run. */
  runningSupervisor(): Promise<SupervisorClient | undefined>;
  builder(choice?: BuilderChoice): Promise<Builder>;
  /** A path as the person meant it. */
  path(text: string): string;
}

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** An installed CLI brings the supervisor's bundle and names it; a checkout runs the source. */
const supervisorFile = (env: Context["env"]): string =>
  env.ATELIER_SUPERVISOR_FILE || fileURLToPath(new URL("../../supervisor/src/main.ts", import.meta.url));

/** The same for what keeps a session with Dagger. */
const keeperFile = (env: Context["env"]): string =>
  env.ATELIER_KEEPER_FILE ||
  fileURLToPath(new URL("../../../packages/build/src/dagger/session/keep-session-main.ts", import.meta.url));

export const createContext = (base: Pick<Context, "env" | "cwd" | "reporter" | "signal" | "version">): Context => {
  let state: Promise<StateDirectory> | undefined;
  let engine: Promise<Engine> | undefined;
  let supervisor: Promise<SupervisorClient> | undefined;
  // Loaded on first need: `--help` and `validate` must not wait for an engine's client.
  const backend = () => import("@atelier/backend-docker");
  const context: Context = {
    ...base,
    now: () => new Date(),
    newId: randomUUID,
    state: () =>
      (state ??= backend().then(({ openStateDirectory, stateDirectoryPath }) =>
        openStateDirectory(stateDirectoryPath(base.env)),
      )),
    engine: () =>
      (engine ??= backend().then(async ({ connectEngine, findEndpoint }) =>
        connectEngine(await findEndpoint(base.env), base.signal),
      )),
    workspaces: async () =>
      (await backend()).createWorkspaces({
        engine: await context.engine(),
        state: await context.state(),
        k3d: (await backend()).createK3d(base.env),
      }),
    supervisor: () =>
      (supervisor ??= backend().then(async ({ ensureSupervisor }) =>
        ensureSupervisor({
          stateDirectory: (await context.state()).path,
          version: base.version,
          command: [process.execPath, supervisorFile(base.env)],
          env: base.env,
          signal: base.signal,
        }),
      )),
    runningSupervisor: async () => (await backend()).findSupervisor((await context.state()).path),
    builder: async (choice = "auto") => {
      const { id, path } = await context.state();
      return (await import("@atelier/build")).chooseBuilder({
        choice,
        engine: await context.engine(),
        stateId: id,
        cacheFolder: join(path, "cache"),
        keeper: [process.execPath, keeperFile(base.env)],
        env: base.env,
        now: () => performance.timeOrigin + performance.now(),
      });
    },
    path: (text) => resolve(base.cwd, text),
  };
  return context;
};

import { createHash, randomUUID } from "node:crypto";
import { resolve } from "node:path";
import {
  connectEngine,
  createWorkspaces,
  type Engine,
  findEndpoint,
  openStateDirectory,
  type StateDirectory,
  stateDirectoryPath,
  type Workspaces,
} from "@atelier/backend-docker";
import { createDockerBuilder, type Builder } from "@atelier/build";
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
  state(): StateDirectory;
  engine(): Promise<Engine>;
  workspaces(): Promise<Workspaces>;
  builder(): Promise<Builder>;
  /** A path as the person meant it. */
  path(text: string): string;
}

export const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

export const createContext = (base: Pick<Context, "env" | "cwd" | "reporter" | "signal" | "version">): Context => {
  let state: StateDirectory | undefined;
  let engine: Promise<Engine> | undefined;
  const context: Context = {
    ...base,
    now: () => new Date(),
    newId: randomUUID,
    state: () => (state ??= openStateDirectory(stateDirectoryPath(base.env))),
    engine: () => (engine ??= findEndpoint(base.env).then((endpoint) => connectEngine(endpoint, base.signal))),
    workspaces: async () => createWorkspaces({ engine: await context.engine(), state: context.state() }),
    builder: async () =>
      createDockerBuilder({
        engine: await context.engine(),
        stateId: context.state().id,
        env: base.env,
        now: () => performance.now(),
      }),
    path: (text) => resolve(base.cwd, text),
  };
  return context;
};

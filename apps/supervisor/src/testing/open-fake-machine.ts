import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  connectEngine,
  type Containers,
  createContainers,
  createK3d,
  createWorkspaces,
  defaultResources,
  type Engine,
  ensureSupervisor,
  findSupervisor,
  openStateDirectory,
  type StateDirectory,
  type SupervisorClient,
  type WorkspaceSettings,
  type Workspaces,
} from "@atelier/backend-docker";
import type { BuildRecord } from "@atelier/domain";
import type { RecordingK3d } from "@atelier/testkit";
import { type FakeEngine, startFakeEngine } from "./fake-engine.ts";
import type { FakeVolume } from "./fake-volume.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
export const fakeSteps = ["one", "two", "three", "four"] as const;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A state directory, a fake engine, and the real supervisor process between them. */
export interface FakeMachine extends AsyncDisposable {
  readonly engine: FakeEngine;
  readonly state: StateDirectory;
  readonly workspaces: Workspaces;
  readonly containers: Containers;
  /** The running supervisor; started when there is none, as a command would. */
  supervisor(version?: string): Promise<SupervisorClient>;
  /** Pid of the running one. */
  pid(): number | undefined;
  /** SIGKILL, and waits until it is gone. */
  killSupervisor(): Promise<void>;
  create(name: string, more?: Partial<WorkspaceSettings>): Promise<WorkspaceSettings>;
  volumeOf(name: string): FakeVolume;
  /** A request as a browser sends it: to 127.0.0.1, with the Host of the address. */
  call(url: string, options?: CallOptions): Promise<HttpAnswer>;
  /** A page of the workspace, logged in. */
  ask<T>(name: string, path: string, options?: CallOptions): Promise<T>;
  readonly log: string;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a workshop wants beside its workspaces. */
export interface Beside extends Partial<Pick<BuildRecord, "services" | "cluster" | "next">> {
  /** Has a `k3d` on its PATH, as everybody on this machine then has. */
  readonly env?: RecordingK3d["env"];
}

export const openFakeMachine = async (
  env: Readonly<Record<string, string>> = {},
  { env: k3dEnv, ...beside }: Beside = {},
): Promise<FakeMachine> => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-fake-"));
  const socketPath = join(folder, "engine.sock");
  const engine = await startFakeEngine({ socketPath, steps: fakeSteps });
  const state = openStateDirectory(join(folder, "state"));
  const client: Engine = await connectEngine({ kind: "socket", path: socketPath });
  const k3d = createK3d(k3dEnv ?? {});
  const workspaces = createWorkspaces({ engine: client, state, k3d });
  const record: BuildRecord = {
    v: 1,
    workshop: "fake",
    version: "1",
    title: "Fake",
    image: "fake",
    navigation: "free",
    next: "swap",
    platformContract: 1,
    planDigest: "",
    steps: ["start", ...fakeSteps].map((step) => ({
      step,
      tag: step,
      images: [{ platform: "linux/amd64", configDigest: `image-${step}`, layers: [], pushed: [] }],
    })),
    services: [],
    requirements: [],
    ...beside,
  };
  const digest = state.saveRecord(record);
  const environment = {
    ...process.env,
    ...k3dEnv,
    ATELIER_SUPERVISOR_TICK: "0.25",
    DOCKER_HOST: `unix://${socketPath}`,
    ...env,
  };

  const pid = (): number | undefined => {
    try {
      return (JSON.parse(readFileSync(join(state.path, "supervisor.json"), "utf8")) as { pid: number }).pid;
    } catch {
      return undefined;
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const id = pid();
    if (id === undefined) return;
    try {
      process.kill(id, signal);
    } catch {
      return;
    }
    while (isRunning(id)) await sleep(2);
  };
  const call = (url: string, { method = "GET", headers = {}, body }: CallOptions = {}): Promise<HttpAnswer> => {
    const { port, pathname, search, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port,
          path: `${pathname}${search}`,
          method,
          headers: { Host: host, ...headers },
          agent: false,
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (data: string) => {
            text += data;
          });
          answer.once("error", reject);
          answer.once("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
        },
      );
      outgoing.once("error", reject).end(body);
    });
  };

  return {
    engine,
    state,
    workspaces,
    containers: createContainers({ engine: client, state, k3d }),
    pid,
    call,
    supervisor: (version = "0.1.0") =>
      ensureSupervisor({
        stateDirectory: state.path,
        version,
        command: [process.execPath, main],
        env: environment,
        signal: AbortSignal.timeout(30_000),
      }),
    killSupervisor: () => end("SIGKILL"),
    create: async (name, more = {}) => {
      const settings: WorkspaceSettings = {
        v: 1,
        id: randomUUID(),
        name,
        workshop: "fake",
        version: "1",
        title: "Fake",
        record: digest,
        image: "start",
        step: "one",
        port: await workspaces.freePort(),
        parameters: {},
        secrets: [],
        timezone: "UTC",
        recording: { commands: "on", terminal: "on" },
        webTerminal: true,
        sudo: false,
        resources: { ...defaultResources },
        createdAt: new Date().toISOString(),
        ...more,
      };
      await workspaces.create({ record, settings, secrets: {} });
      return settings;
    },
    volumeOf: (name) => engine.volume(`atelier-${state.id.slice(0, 6)}-${name}-runtime`),
    ask: async (name, path, options) => {
      const { settings } = await workspaces.find(name);
      const answer = await call(`http://${name}.localhost:${state.readPort()}${path}`, {
        ...options,
        headers: { Cookie: `atelier_fake=${state.token(settings?.id ?? "", "student")}`, ...options?.headers },
      });
      if (answer.status >= 400) throw new Error(`${answer.status}: ${answer.text}`);
      return JSON.parse(answer.text) as never;
    },
    get log() {
      return readFileSync(join(state.path, "supervisor.log"), "utf8");
    },
    [Symbol.asyncDispose]: async () => {
      if (await findSupervisor(state.path)) await end("SIGTERM");
      await end("SIGKILL");
      client[Symbol.dispose]();
      await engine[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
    },
  };
};

/** Whether a process runs; one that has ended and that nobody has asked after does not. */
const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

/** Starts the supervisor's process by hand, without the CLI's way of finding a running one. */
export const spawnSupervisor = (machine: FakeMachine, env: Readonly<Record<string, string>>): ChildProcess =>
  spawn(process.execPath, [main], {
    env: { ...process.env, ATELIER_STATE_DIR: machine.state.path, ...env },
    stdio: "ignore",
  });

import { createServer } from "node:net";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type BootView, receiveConfigCommand, type RuntimeConfigInput, serverPort } from "@atelier/contract";
import { AppError, acceptedPlatformContracts, type BuildRecord, isAppError, labels } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";
import type { StateDirectory } from "../state/state-directory.ts";
import { containerBody } from "./container-body.ts";
import { startServices } from "./services.ts";
import { waitForBoot } from "./server-client.ts";
import { labelsOf, type Role, resourceName, settingsOfLabels, type WorkspaceSettings } from "./workspace-labels.ts";

export interface WorkspaceStatus {
  readonly name: string;
  readonly id: string;
  readonly state: "running" | "stopped" | "incomplete";
  readonly settings: WorkspaceSettings | undefined;
  readonly containerId: string | undefined;
  readonly exitCode?: number;
  readonly wasOutOfMemory?: boolean;
  readonly finishedAt?: string;
}

export interface CreateRequest {
  readonly record: BuildRecord;
  readonly settings: WorkspaceSettings;
  readonly secrets: Readonly<Record<string, string>>;
  /** Key of the provider in `settings.help`. */
  readonly helpKey?: string;
}

export interface StartProgress {
  readonly onPhase: (text: string) => void;
  readonly onBoot: (boot: BootView) => void;
  readonly signal: AbortSignal;
}

/** The backend port over the Docker engine: everything there is lives in labels, containers and volumes. */
export interface Workspaces {
  list(): Promise<readonly WorkspaceStatus[]>;
  /** Throws `AppError` `no-such-workspace` with near names. */
  find(name: string): Promise<WorkspaceStatus>;
  create(request: CreateRequest): Promise<WorkspaceStatus>;
  /** Starts a created or stopped one and waits for its boot. */
  start(name: string, progress: StartProgress): Promise<BootView>;
  stop(name: string): Promise<void>;
  /** Removes container, services, network and volume. */
  remove(name: string): Promise<void>;
  /** Removes everything that carries this state directory's id, leftovers of killed builds included. */
  removeAll(): Promise<void>;
  logs(
    name: string,
    options: { readonly follow: boolean; readonly tail?: number; readonly signal: AbortSignal },
  ): AsyncGenerator<Buffer>;
  /** A free port on 127.0.0.1 right now. */
  freePort(): Promise<number>;
  /** Link that logs a browser in. */
  url(settings: WorkspaceSettings, role: "student" | "instructor"): string;
  readFiles(name: string, path: string, signal?: AbortSignal): Promise<Readable>;
  writeFiles(name: string, files: { readonly path: string; readonly tar: Buffer }): Promise<void>;
}

export interface WorkspacesOptions {
  readonly engine: Engine;
  readonly state: StateDirectory;
}

const bootTimeoutMs = 120_000;

export const createWorkspaces = ({ engine, state }: WorkspacesOptions): Workspaces => {
  const selector = `${labels.state}=${state.id}`;
  const own = (name: string): string[] => [selector, `${labels.workspace}=${name}`];
  const nameOf = (name: string, suffix = ""): string => resourceName(state.id, name, suffix);

  const list = async (): Promise<readonly WorkspaceStatus[]> => {
    const [containers, volumes, networks] = await Promise.all([
      engine.listContainers([selector]),
      engine.listVolumes([selector]),
      engine.listNetworks([selector]),
    ]);
    const found = new Map<string, WorkspaceStatus>();
    for (const { Labels } of [...volumes, ...networks, ...containers]) {
      const name = Labels[labels.workspace];
      if (name !== undefined && !found.has(name))
        found.set(name, {
          name,
          id: Labels[labels.workspaceId] ?? "",
          state: "incomplete",
          settings: settingsOfLabels(Labels),
          containerId: undefined,
        });
    }
    for (const { Id, Labels, State } of containers) {
      const name = Labels[labels.workspace];
      if (name === undefined || Labels[labels.role] !== "workspace") continue;
      found.set(name, {
        name,
        id: Labels[labels.workspaceId] ?? "",
        state: State === "running" ? "running" : State === "created" ? "incomplete" : "stopped",
        settings: settingsOfLabels(Labels),
        containerId: Id,
      });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  };

  const find = async (name: string): Promise<WorkspaceStatus> => {
    const all = await list();
    const status = all.find((candidate) => candidate.name === name);
    if (status === undefined)
      throw new AppError("no-such-workspace", `There is no workspace "${name}".`, {
        hint:
          all.length === 0
            ? "Start one: atelier run <folder>"
            : `There ${all.length === 1 ? "is" : "are"}: ${all.map((candidate) => candidate.name).join(", ")}.`,
      });
    if (status.containerId === undefined) return status;
    const { State } = await engine.inspectContainer(status.containerId);
    return {
      ...status,
      exitCode: State.ExitCode,
      wasOutOfMemory: State.OOMKilled ?? false,
      finishedAt: State.FinishedAt,
    };
  };

  const whole = async (
    name: string,
  ): Promise<{ settings: WorkspaceSettings; containerId: string; state: WorkspaceStatus["state"] }> => {
    const { settings, containerId, state: current } = await find(name);
    if (settings === undefined || containerId === undefined)
      throw new AppError(
        "workspace-incomplete",
        `The workspace "${name}" was never finished; its making was interrupted.`,
        { hint: `Remove it: atelier remove ${name}` },
      );
    return { settings, containerId, state: current };
  };

  /** Configuration and tokens go in over stdin: they are in no label, no environment and no layer. */
  const fillConfig = async (settings: WorkspaceSettings, containerId: string): Promise<void> => {
    const secrets = state.readSecrets(settings.id);
    const origins = ["127.0.0.1", "localhost", `${settings.name}.localhost`].map(
      (host) => `http://${host}:${settings.port}`,
    );
    const config: RuntimeConfigInput = {
      v: 1,
      workspaceId: settings.id,
      workspaceName: settings.name,
      origins,
      ...(settings.step === undefined ? {} : { step: settings.step }),
      parameters: settings.parameters,
      secrets: Object.keys(secrets),
      timezone: settings.timezone,
      recording: settings.recording,
      webTerminal: settings.webTerminal,
      ...(settings.help === undefined ? {} : { help: settings.help }),
    };
    const files: Record<string, string> = { "config.json": JSON.stringify(config) };
    for (const role of ["student", "instructor", "control"] as const)
      files[`${role}.token`] = state.token(settings.id, role);
    for (const [name, value] of Object.entries(secrets)) files[`secrets/${name}`] = value;
    const helpKey = state.readHelpKey(settings.id);
    if (helpKey !== undefined) files["help.key"] = helpKey;
    const { exitCode, stderr } = await engine.exec(containerId, {
      argv: receiveConfigCommand,
      user: "0:0",
      input: JSON.stringify(files),
    });
    if (exitCode !== 0)
      throw new AppError(
        "config-not-received",
        `The workspace did not take its configuration (exit code ${exitCode}): ${stderr.trim()}`,
        { hint: `atelier logs ${settings.name}` },
      );
  };

  const removeByLabels = async (selectors: readonly string[]): Promise<void> => {
    for (const { Id } of await engine.listContainers(selectors)) await engine.removeContainer(Id);
    for (const { Id } of await engine.listNetworks(selectors)) await engine.removeNetwork(Id);
    for (const { Name } of await engine.listVolumes(selectors)) await engine.removeVolume(Name);
  };

  return {
    list,
    find,
    create: async ({ record, settings, secrets, helpKey }) => {
      const step = record.steps.find((candidate) => candidate.step === settings.image);
      const imageId = step?.images[0]?.configDigest;
      const image = imageId === undefined ? undefined : await engine.inspectImage(imageId);
      if (image === undefined || imageId === undefined)
        throw new AppError(
          "image-missing",
          `The image of "${settings.image}" of ${record.workshop} ${record.version} is not in this engine.`,
          { hint: "Build the workshop again: atelier build <folder>" },
        );
      await refuseForeignImage(engine, image);
      state.saveSecrets(settings.id, secrets, helpKey);
      const volume = nameOf(settings.name, "-runtime");
      await engine.createVolume(volume, labelsOf(state.id, settings, "runtime"));
      const hasServices = record.services.length > 0;
      const network = hasServices ? nameOf(settings.name) : undefined;
      if (network !== undefined) await engine.createNetwork(network, labelsOf(state.id, settings, "network"));
      await engine.createContainer(
        nameOf(settings.name),
        containerBody(settings, {
          imageId,
          hostname: settings.workshop,
          labels: labelsOf(state.id, settings, "workspace"),
          volume,
          ...(network === undefined ? {} : { network }),
        }),
      );
      return find(settings.name);
    },
    start: async (name, { onPhase, onBoot, signal }) => {
      const { settings, containerId, state: current } = await whole(name);
      const record = state.readRecord(settings.record);
      if (record && record.services.length > 0) {
        onPhase("Starting services");
        await startServices({
          engine,
          record,
          network: nameOf(name),
          labels: (role: Role) => labelsOf(state.id, settings, role),
          nameOf: (service) => nameOf(name, `-${service}`),
          signal,
        });
      }
      if (current !== "running") {
        onPhase("Starting the container");
        await startContainer(engine, containerId, { settings, signal });
        await fillConfig(settings, containerId);
      }
      return waitForBoot({
        port: settings.port,
        onBoot,
        timeoutMs: bootTimeoutMs,
        signal,
        whyGone: async () => {
          const { State } = await engine.inspectContainer(containerId);
          if (State.Running) return undefined;
          return State.OOMKilled
            ? "it ran out of memory"
            : `exit code ${State.ExitCode}${State.Error ? `, ${State.Error}` : ""}`;
        },
      });
    },
    stop: async (name) => {
      const { containerId } = await whole(name);
      await engine.stopContainer(containerId, 5);
      for (const { Id, Labels } of await engine.listContainers(own(name)))
        if (Labels[labels.role] === "service") await engine.stopContainer(Id, 5);
    },
    remove: async (name) => {
      const { id } = await find(name);
      await removeByLabels(own(name));
      state.forget(id);
    },
    removeAll: async () => {
      for (const { id } of await list()) state.forget(id);
      await removeByLabels([selector]);
    },
    logs: async function* (name, options) {
      const { containerId } = await whole(name);
      for await (const { data } of engine.logs(containerId, options)) yield data;
    },
    freePort,
    url: (settings, role) =>
      `http://127.0.0.1:${settings.port}/login?token=${state.token(settings.id, role)}${role === "instructor" ? "&to=/instructor/" : ""}`,
    readFiles: async (name, path, signal) => {
      const { containerId } = await whole(name);
      return engine.getArchive(containerId, path, signal);
    },
    writeFiles: async (name, { path, tar }) => {
      const { containerId } = await whole(name);
      await engine.putArchive(containerId, { path, tar });
    },
  };
};

/** An image of another architecture or platform contract is refused with words, not with "exec format error". */
const refuseForeignImage = async (
  engine: Engine,
  image: NonNullable<Awaited<ReturnType<Engine["inspectImage"]>>>,
): Promise<void> => {
  const names: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };
  const { Architecture } = await engine.info();
  const engineArchitecture = names[Architecture] ?? Architecture;
  if (image.Architecture !== engineArchitecture)
    throw new AppError(
      "wrong-architecture",
      `The image is built for ${image.Architecture}, but this engine runs on ${engineArchitecture}.`,
      {
        hint: "Build the workshop on this machine, or publish it for both architectures.",
      },
    );
  const contract = Number(image.Config?.Labels[labels.platformContract]);
  if (!acceptedPlatformContracts.includes(contract))
    throw new AppError(
      "wrong-contract",
      `The image was built with platform contract ${Number.isNaN(contract) ? "unknown" : contract}; this version works with ${acceptedPlatformContracts.join(" and ")}.`,
      {
        hint: "Build the workshop again with this version of atelier.",
      },
    );
};

const startContainer = async (
  engine: Engine,
  id: string,
  { settings, signal }: { settings: WorkspaceSettings; signal: AbortSignal },
): Promise<void> => {
  for (let attempt = 1; ; attempt++)
    try {
      await engine.startContainer(id, signal);
      return;
    } catch (error) {
      if (!isAppError(error) || !/port is already allocated|address already in use/i.test(error.message)) throw error;
      // The engine's own proxy of a container that has just stopped may still hold it.
      if (attempt < 4) await sleep(500);
      else
        throw new AppError(
          "port-taken",
          `Port ${settings.port} on 127.0.0.1, which belongs to this workspace, is used by another program.`,
          {
            hint: `End that program (\`ss -ltnp 'sport = :${settings.port}'\` names it) and start the workspace again.`,
            cause: error,
          },
        );
    }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : serverPort;
      server.close(() => resolve(port));
    });
  });

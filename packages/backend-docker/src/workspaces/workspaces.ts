import type { Readable } from "node:stream";
import type { BootView } from "@atelier/contract";
import { AppError, type BuildRecord, labels } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";
import type { ContainerSummary } from "../engine/shapes.ts";
import type { StateDirectory } from "../state/state-directory.ts";
import { createK3d, type K3d } from "../cluster/k3d.ts";
import { clusterName } from "../cluster/workspace-cluster.ts";
import { containersBeside, createContainers, isClaimed, freePort, publishedPort } from "./containers.ts";
import { createSmallNetwork } from "./small-network.ts";
import { waitForBoot } from "./server-client.ts";
import { labelsOf, resourceName, serviceLabel, settingsOfLabels, type WorkspaceSettings } from "./workspace-labels.ts";

export interface WorkspaceStatus {
  readonly name: string;
  readonly id: string;
  readonly state: "running" | "stopped" | "incomplete";
  readonly settings: WorkspaceSettings | undefined;
  readonly containerId: string | undefined;
  /** Port on 127.0.0.1 of the server in the container itself, while it runs; another one after every start. */
  readonly publishedAt?: number;
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
    options: {
      readonly follow: boolean;
      readonly tail?: number;
      readonly signal: AbortSignal;
      /** Of this extra service instead. Throws `AppError` `no-such-service`. */
      readonly service?: string;
    },
  ): AsyncGenerator<Buffer>;
  /** A port on 127.0.0.1 that is free right now and likely to stay so. */
  freePort(): Promise<number>;
  /** Link that logs a browser in. */
  url(settings: WorkspaceSettings, role: "student" | "instructor"): string;
  readFiles(name: string, path: string, signal?: AbortSignal): Promise<Readable>;
  writeFiles(name: string, files: { readonly path: string; readonly tar: Buffer }): Promise<void>;
}

export interface WorkspacesOptions {
  readonly engine: Engine;
  readonly state: StateDirectory;
  readonly k3d?: K3d;
}

const bootTimeoutMs = 120_000;

export const createWorkspaces = ({ engine, state, k3d = createK3d({}) }: WorkspacesOptions): Workspaces => {
  const selector = `${labels.state}=${state.id}`;
  const own = (name: string): string[] => [selector, `${labels.workspace}=${name}`];
  const nameOf = (name: string, suffix = ""): string => resourceName(state.id, name, suffix);
  const containers = createContainers({ engine, state, k3d });

  const list = async (): Promise<readonly WorkspaceStatus[]> => {
    const [all, volumes, networks] = await Promise.all([
      engine.listContainers([selector]),
      engine.listVolumes([selector]),
      engine.listNetworks([selector]),
    ]);
    const found = new Map<string, WorkspaceStatus>();
    for (const { Labels } of [...volumes, ...networks, ...all]) {
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
    const ofWorkspaces = all.filter(({ Labels }) => Labels[labels.role] === "workspace");
    for (const { Id, Labels, State } of ofWorkspaces.toSorted(byPrecedence)) {
      const name = Labels[labels.workspace];
      if (name === undefined) continue;
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
    const inspected = await engine.inspectContainer(status.containerId);
    const { State } = inspected;
    const publishedAt = publishedPort(inspected);
    return {
      ...status,
      ...(publishedAt === undefined ? {} : { publishedAt }),
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

  const serviceContainer = async (settings: WorkspaceSettings, service: string): Promise<string> => {
    const [found] = await engine.listContainers([...own(settings.name), `${serviceLabel}=${service}`]);
    if (found !== undefined) return found.Id;
    const services = state.readRecord(settings.record)?.services.map(({ name }) => name) ?? [];
    throw new AppError("no-such-service", `The workspace "${settings.name}" has no service "${service}".`, {
      hint: services.length === 0 ? "It has no services." : `Its services: ${services.join(", ")}.`,
    });
  };

  const removeByLabels = async (selectors: readonly string[]): Promise<void> => {
    for (const { Id } of await engine.listContainers(selectors)) await engine.removeContainer(Id);
    for (const { Id } of await engine.listNetworks(selectors)) await engine.removeNetwork(Id);
    for (const { Name } of await engine.listVolumes(selectors)) await engine.removeVolume(Name);
  };

  /** Its volumes and what k3d notes about it go as well; without k3d its containers go by their labels. */
  const removeCluster = async ({ id, settings }: WorkspaceStatus): Promise<void> => {
    // One whose making was cut short has given no kubeconfig yet.
    const isWanted = settings !== undefined && state.readRecord(settings.record)?.cluster !== undefined;
    if (k3d.program === undefined || !(isWanted || state.readKubeconfig(id) !== undefined)) return;
    await k3d.remove(clusterName(state.id, id), AbortSignal.timeout(120_000));
  };

  return {
    list,
    find,
    create: async ({ record, settings, secrets, helpKey }) => {
      await containers.checkImage(settings);
      state.saveSecrets(settings.id, secrets, helpKey);
      const volume = nameOf(settings.name, "-runtime");
      await engine.createVolume(volume, labelsOf(state.id, settings, "runtime"));
      const beside = containersBeside(record);
      const network = beside > 0 ? nameOf(settings.name) : undefined;
      if (network !== undefined)
        await createSmallNetwork(engine, {
          name: network,
          labels: labelsOf(state.id, settings, "network"),
          containers: beside,
        });
      await containers.createFirst(settings);
      return find(settings.name);
    },
    start: async (name, { onPhase, onBoot, signal }) => {
      const { settings, containerId, state: current } = await whole(name);
      const [container] = (await containers.list(name)).filter(({ id }) => id === containerId);
      if (container === undefined) throw new Error(`the container of ${name} went while it was started`);
      if ((state.readRecord(settings.record)?.services.length ?? 0) > 0) onPhase("Starting services");
      await containers.startServices(settings, signal);
      onPhase("Starting the container");
      const port =
        current === "running"
          ? await containers.portOf(container)
          : await containers.run(container, { mode: "normal", signal });
      if (port === undefined) throw new AppError("workspace-gone", `The workspace "${name}" has just ended.`);
      return waitForBoot({
        port,
        onBoot,
        timeoutMs: bootTimeoutMs,
        signal,
        whyGone: () => containers.whyGone(container),
      });
    },
    stop: async (name) => {
      const { containerId, settings } = await whole(name);
      await engine.stopContainer(containerId, 10);
      await containers.stopServices(settings);
    },
    remove: async (name) => {
      const found = await find(name);
      await removeCluster(found);
      await removeByLabels(own(name));
      state.forget(found.id);
    },
    removeAll: async () => {
      for (const found of await list()) {
        await removeCluster(found);
        state.forget(found.id);
      }
      await removeByLabels([selector]);
    },
    logs: async function* (name, { service, ...options }) {
      const { containerId, settings } = await whole(name);
      const id = service === undefined ? containerId : await serviceContainer(settings, service);
      for await (const { data } of engine.logs(id, options)) yield data;
    },
    freePort,
    url: (settings, role) => {
      const proxy = state.readPort();
      const origin =
        proxy === undefined ? `http://127.0.0.1:${settings.port}` : `http://${settings.name}.localhost:${proxy}`;
      return `${origin}/login?token=${state.token(settings.id, role)}${role === "instructor" ? "&to=/instructor/" : ""}`;
    },
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

/**
 * Whom to take for the workspace when there are two: the last one wins, so those that are the student's come
 * last, of these the running ones, the older one at the very end.
 */
const byPrecedence = (a: ContainerSummary, b: ContainerSummary): number =>
  Number(isClaimed(a)) - Number(isClaimed(b)) ||
  Number(a.State === "running") - Number(b.State === "running") ||
  generationOf(b) - generationOf(a);

const generationOf = ({ Labels }: ContainerSummary): number => Number(Labels[labels.generation] ?? "1");

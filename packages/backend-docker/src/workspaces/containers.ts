import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { serverPort } from "@atelier/contract";
import { AppError, type BuildRecord, isAppError, labels } from "@atelier/domain";
import type { Engine } from "../engine/engine.ts";
import type { ContainerInspect, ContainerSummary, ImageInspect } from "../engine/shapes.ts";
import type { StateDirectory } from "../state/state-directory.ts";
import { createK3d, type K3d } from "../cluster/k3d.ts";
import {
  type ClusterOptions,
  clusterName,
  resetCluster,
  startCluster,
  stopCluster,
} from "../cluster/workspace-cluster.ts";
import { containerBody } from "./container-body.ts";
import { deliverByProcess, deliverConfig, deliverOverStdin, type Delivery } from "./deliver-config.ts";
import { createSmallNetwork } from "./small-network.ts";
import { requireClassicStore } from "../engine/image-store.ts";
import { refuseForeignImage } from "./refuse-foreign-image.ts";
import { runtimeFiles } from "./runtime-files.ts";
import { cpuLimits, isSlowedDown } from "./slow-down.ts";
import { holdGate, waitingEntrypoint } from "./waiting-container.ts";
import { restartServices, type ServicesOptions, startServices } from "./services.ts";
import {
  labelsOf,
  type Role,
  resourceName,
  serviceLabel,
  settingsOfLabels,
  waitsLabel,
  type TransitionLabel,
  transitionOfLabels,
  type WorkspaceSettings,
} from "./workspace-labels.ts";

/** One container of a workspace. A workspace has one, and two while it is moved to the next. */
export interface WorkspaceContainer {
  readonly id: string;
  readonly generation: number;
  readonly settings: WorkspaceSettings;
  readonly state: "created" | "running" | "exited";
  readonly transition: TransitionLabel | undefined;
  /**
   * The request it was made the student's for; undefined: it only stands by, and nothing of the student's
   * can be in it. Kept in the container's name, the one thing an engine lets change.
   */
  readonly claim: string | undefined;
  /** Its server does not start by itself the first time. */
  readonly waits: boolean;
}

/** A started container without a server. It ends when whoever holds it lets go. */
export interface WaitingContainer extends Disposable {
  readonly container: WorkspaceContainer;
  /** False: it has ended. */
  readonly isOpen: boolean;
  /** Has its server start, as {@link Containers.run} does. */
  begin(options: RunOptions): Promise<number>;
}

export interface NextContainer {
  readonly settings: WorkspaceSettings;
  readonly generation: number;
  readonly transition: TransitionLabel;
  /** It is started by {@link Containers.startWaiting}. */
  readonly waits?: boolean;
}

/** The containers of the workspaces of one state directory, by labels alone. */
export interface Containers {
  /** Oldest generation first. */
  list(workspace?: string): Promise<readonly WorkspaceContainer[]>;
  /** Throws `AppError` `image-missing`, `wrong-architecture`, `wrong-contract`. */
  checkImage(settings: WorkspaceSettings): Promise<void>;
  /** The first one of a workspace; it is claimed from the beginning. */
  createFirst(settings: WorkspaceSettings): Promise<string>;
  /**
   * A container for a workspace that once ran and whose volume is all that is left (`docker container prune`
   * takes stopped ones): on the image the student stood on. False when there is no such volume.
   */
  createAgain(workspace: string): Promise<boolean>;
  /** One that is to take over; numbered higher than asked for where that number is taken. Throws `AppError` `image-missing`, `wrong-architecture`, `wrong-contract`. */
  createNext(next: NextContainer): Promise<WorkspaceContainer>;
  claim(container: WorkspaceContainer, request: string): Promise<void>;
  /** Starts it and gives it its configuration. Answers the port on 127.0.0.1 at which its server listens. */
  run(container: WorkspaceContainer, options: RunOptions): Promise<number>;
  /** Starts one that waits: all that an engine takes its time for is done, and no server runs yet. */
  startWaiting(container: WorkspaceContainer, signal: AbortSignal): Promise<WaitingContainer>;
  /** Gives a running one that was started by somebody else its configuration. */
  configure(container: WorkspaceContainer, options: RunOptions): Promise<number>;
  /** Undefined when it does not run (any more). */
  portOf(container: WorkspaceContainer): Promise<number | undefined>;
  /** Leaves a running one a tenth of a processor, or what it was made with. */
  slowDown(container: WorkspaceContainer, isSlow: boolean): Promise<void>;
  /** Whether somebody did that and did not undo it. */
  isSlow(container: WorkspaceContainer): Promise<boolean>;
  /** Why it ended; undefined: it runs. */
  whyGone(container: WorkspaceContainer): Promise<string | undefined>;
  /** When it ended, in ms since 1970; undefined: it runs or never ran. */
  finishedAt(container: WorkspaceContainer): Promise<number | undefined>;
  stop(container: WorkspaceContainer): Promise<void>;
  remove(container: WorkspaceContainer): Promise<void>;
  /** Starts what `infrastructure.services` says, and waits for it. */
  startServices(settings: WorkspaceSettings, signal: AbortSignal): Promise<void>;
  /** Starts those with `onReset: restart` anew. */
  resetServices(settings: WorkspaceSettings, signal: AbortSignal): Promise<void>;
  stopServices(settings: WorkspaceSettings): Promise<void>;
  /** The same for a build that another one is moved to: what that had on another image is made anew. */
  moveServices(settings: WorkspaceSettings, signal: AbortSignal): Promise<void>;
  /** Removes those that the record does not name (any more). */
  dropServices(settings: WorkspaceSettings): Promise<void>;
}

export interface RunOptions {
  readonly mode: "normal" | "standby";
  readonly signal: AbortSignal;
  /** Claimed for this request while its server starts. */
  readonly claim?: string;
}

export interface ContainersOptions {
  readonly engine: Engine;
  readonly state: StateDirectory;
  readonly k3d?: K3d;
}

/** So many numbers in a row are taken by leftovers before something else must be wrong. */
const mostPassedOver = 9;

export const createContainers = ({ engine, state, k3d = createK3d({}) }: ContainersOptions): Containers => {
  const selector = `${labels.state}=${state.id}`;
  const nameOf = (workspace: string, suffix = ""): string => resourceName(state.id, workspace, suffix);
  const nextName = ({ settings, generation }: NextContainer, claim = ""): string =>
    nameOf(settings.name, `.${generation}${claim === "" ? "" : `.${claim}`}`);

  const servicesOf = (settings: WorkspaceSettings, signal: AbortSignal): ServicesOptions | undefined => {
    const record = state.readRecord(settings.record);
    if (record === undefined || record.services.length === 0) return undefined;
    return {
      engine,
      record,
      network: nameOf(settings.name),
      labels: (role: Role) => labelsOf(state.id, settings, role),
      nameOf: (service) => nameOf(settings.name, `-${service}`),
      signal,
    };
  };

  const clusterOptions = (settings: WorkspaceSettings, signal: AbortSignal): ClusterOptions | undefined => {
    const cluster = state.readRecord(settings.record)?.cluster;
    if (cluster === undefined) return undefined;
    const { [labels.state]: own = "", [labels.workspace]: workspace = "" } = labelsOf(state.id, settings, "cluster");
    return {
      k3d,
      state,
      settings,
      cluster,
      network: nameOf(settings.name),
      labels: { [labels.state]: own, [labels.workspace]: workspace, [labels.role]: "cluster" },
      signal,
    };
  };

  /** The network of a workspace that has more than its own container; a build that it moves to may bring the first. */
  const ensureNetwork = async (settings: WorkspaceSettings): Promise<void> => {
    const record = state.readRecord(settings.record);
    const beside = record === undefined ? 0 : containersBeside(record);
    if (beside === 0 || (await engine.listNetworks([selector, `${labels.workspace}=${settings.name}`])).length > 0)
      return;
    await createSmallNetwork(engine, {
      name: nameOf(settings.name),
      labels: labelsOf(state.id, settings, "network"),
      containers: beside,
    });
  };

  const serviceContainers = (workspace: string) =>
    engine.listContainers([selector, `${labels.workspace}=${workspace}`, `${labels.role}=service`]);

  const create = async (
    name: string,
    settings: WorkspaceSettings,
    { waits = false, ...more }: { readonly labels: Readonly<Record<string, string>>; readonly waits?: boolean },
  ) => {
    const record = state.readRecord(settings.record);
    const image = await imageOf(engine, record, settings);
    return engine.createContainer(
      name,
      containerBody(settings, {
        imageId: image.Id,
        ...(waits ? { entrypoint: waitingEntrypoint(image.Config?.Entrypoint ?? []) } : {}),
        hostname: settings.workshop,
        labels: {
          ...labelsOf(state.id, settings, "workspace"),
          ...more.labels,
          ...(waits ? { [waitsLabel]: "yes" } : {}),
        },
        volume: nameOf(settings.name, "-runtime"),
        ...(record !== undefined && containersBeside(record) > 0 ? { network: nameOf(settings.name) } : {}),
      }),
    );
  };

  const portOfRunning = async ({ id, settings: { name } }: WorkspaceContainer): Promise<number> => {
    const port = publishedPort(await engine.inspectContainer(id));
    if (port === undefined)
      throw new AppError("workspace-gone", `The container of "${name}" ended at once.`, {
        hint: `\`atelier logs ${name}\` shows what it said.`,
      });
    return port;
  };
  const deliveryOf = (
    { id, settings, waits }: WorkspaceContainer,
    { mode, signal, port }: RunOptions & { readonly port: number },
  ): Delivery => ({
    container: id,
    workspace: settings.name,
    port,
    files: runtimeFiles(state, settings, { mode, port }),
    signal,
    waits,
  });
  const claim = async (
    { id, settings, generation, transition }: WorkspaceContainer,
    request: string | undefined,
  ): Promise<void> => {
    if (transition !== undefined && request !== undefined)
      await engine.renameContainer(id, nextName({ settings, generation, transition }, request));
  };

  return {
    list: async (workspace) => {
      const found = await engine.listContainers([
        selector,
        `${labels.role}=workspace`,
        ...(workspace === undefined ? [] : [`${labels.workspace}=${workspace}`]),
      ]);
      return found.flatMap((summary) => containerOf(summary) ?? []).toSorted((a, b) => a.generation - b.generation);
    },
    checkImage: async (settings) => {
      await imageOf(engine, state.readRecord(settings.record), settings);
    },
    createAgain: async (workspace) => {
      const [volume] = await engine.listVolumes([
        selector,
        `${labels.workspace}=${workspace}`,
        `${labels.role}=runtime`,
      ]);
      const first = volume === undefined ? undefined : settingsOfLabels(volume.Labels);
      const standing = first === undefined ? undefined : state.readStanding(first.id);
      if (first === undefined || standing === undefined) return false;
      const { step: _first, ...rest } = first;
      const { container: _lost, ...where } = standing;
      const settings: WorkspaceSettings = { ...rest, ...where };
      await ensureNetwork(settings);
      await create(nameOf(workspace), settings, { labels: { [labels.generation]: "1" } });
      return true;
    },
    createFirst: (settings) => create(nameOf(settings.name), settings, { labels: { [labels.generation]: "1" } }),
    createNext: async (next) => {
      const { settings, transition, waits = false } = next;
      for (let { generation } = next; ; generation++)
        try {
          const id = await create(nextName({ ...next, generation }), settings, {
            labels: { [labels.generation]: String(generation), [labels.transition]: JSON.stringify(transition) },
            waits,
          });
          return { id, generation, settings, transition, state: "created", claim: undefined, waits };
        } catch (error) {
          // One that nobody has cleared away yet; it is found by its label later.
          const isTaken = isAppError(error) && error.code === "docker-conflict" && /in use/i.test(error.message);
          if (!isTaken || generation >= next.generation + mostPassedOver) throw error;
        }
    },
    claim,
    run: async (container, options) => {
      await engine.startContainer(container.id, options.signal);
      const port = await portOfRunning(container);
      await Promise.all([
        deliverConfig(engine, deliveryOf(container, { ...options, port })),
        claim(container, options.claim),
      ]);
      return port;
    },
    startWaiting: async (container, signal) => {
      await engine.startContainer(container.id, signal);
      const [port, stdin] = await Promise.all([portOfRunning(container), engine.attachStdin(container.id, signal)]);
      const gate = holdGate(stdin);
      return {
        container,
        get isOpen() {
          return gate.isOpen;
        },
        begin: async (options) => {
          const delivery = deliveryOf(container, { ...options, port });
          const [isTaken] = await Promise.all([
            deliverOverStdin(engine, delivery, gate.stdin),
            claim(container, options.claim),
          ]);
          if (!isTaken) await deliverByProcess(engine, delivery);
          return port;
        },
        [Symbol.dispose]: () => gate[Symbol.dispose](),
      };
    },
    configure: async (container, options) => {
      const port = await portOfRunning(container);
      await deliverByProcess(engine, deliveryOf(container, { ...options, port }));
      return port;
    },
    portOf: async ({ id }) => publishedPort(await engine.inspectContainer(id)),
    slowDown: ({ id, settings }, isSlow) =>
      engine.updateContainer(id, { ...cpuLimits(settings.resources.cpu, isSlow) }),
    isSlow: async ({ id, settings }) => isSlowedDown(settings.resources.cpu, await engine.inspectContainer(id)),
    whyGone: async ({ id }) => {
      const { State } = await engine.inspectContainer(id);
      if (State.Running) return undefined;
      return State.OOMKilled
        ? "it ran out of memory"
        : `exit code ${State.ExitCode}${State.Error ? `, ${State.Error}` : ""}`;
    },
    finishedAt: async ({ id }) => {
      const { State } = await engine.inspectContainer(id);
      const at = Date.parse(State.FinishedAt);
      return State.Running || Number.isNaN(at) || at <= 0 ? undefined : at;
    },
    stop: ({ id }) => engine.stopContainer(id, 10),
    remove: ({ id }) => engine.removeContainer(id),
    startServices: async (settings, signal) => {
      const cluster = clusterOptions(settings, signal);
      if (cluster !== undefined) await startCluster(cluster);
      const services = servicesOf(settings, signal);
      if (services !== undefined) await startServices(services);
    },
    moveServices: async (settings, signal) => {
      await ensureNetwork(settings);
      const cluster = clusterOptions(settings, signal);
      if (cluster !== undefined) await startCluster(cluster);
      const services = servicesOf(settings, signal);
      if (services !== undefined) await startServices({ ...services, isReplacing: true });
    },
    resetServices: async (settings, signal) => {
      const cluster = clusterOptions(settings, signal);
      if (cluster !== undefined) await resetCluster(cluster);
      const services = servicesOf(settings, signal);
      if (services !== undefined) await restartServices(services);
    },
    stopServices: async ({ name, id, record }) => {
      // Where k3d is gone meanwhile its containers stop like any other.
      const hasCluster = state.readRecord(record)?.cluster !== undefined && k3d.program !== undefined;
      // One that cannot be stopped keeps no other one running.
      const stopped = await Promise.allSettled([
        ...(hasCluster ? [stopCluster(k3d, clusterName(state.id, id), AbortSignal.timeout(60_000))] : []),
        ...(await serviceContainers(name)).map(({ Id }) => engine.stopContainer(Id, 10)),
      ]);
      for (const one of stopped) if (one.status === "rejected") throw one.reason;
    },
    dropServices: async ({ name, record }) => {
      const named = new Set(state.readRecord(record)?.services.map((service) => service.name));
      for (const { Id, Labels } of await serviceContainers(name))
        if (!named.has(Labels[serviceLabel] ?? "")) await engine.removeContainer(Id);
    },
  };
};

const containerOf = ({ Id, Labels, Names, State }: ContainerSummary): WorkspaceContainer | undefined => {
  const settings = settingsOfLabels(Labels);
  if (settings === undefined) return undefined;
  const generation = Number(Labels[labels.generation] ?? "1");
  const transition = transitionOfLabels(Labels);
  return {
    id: Id,
    generation,
    settings,
    transition,
    state: State === "running" ? "running" : State === "created" ? "created" : "exited",
    claim: transition === undefined ? "first" : claimOf(Names, generation),
    waits: Labels[waitsLabel] !== undefined,
  };
};

/** Whether it is, or was, the student's; one that stands by or waits is nobody's. */
export const isClaimed = (summary: ContainerSummary): boolean => containerOf(summary)?.claim !== undefined;

/** `/atelier-1a2b3c-name.4.<request>` → the request. */
const claimOf = (names: readonly string[], generation: number): string | undefined => {
  for (const name of names) {
    const [, number, request] = name.split(".");
    if (Number(number) === generation && request !== undefined && request !== "") return request;
  }
  return undefined;
};

/** A cluster has a node, a proxy and, while it is made, one more container. */
export const containersBeside = ({ services, cluster }: Pick<BuildRecord, "services" | "cluster">): number =>
  services.length + (cluster === undefined ? 0 : 3);

export const publishedPort = ({ State, NetworkSettings }: ContainerInspect): number | undefined => {
  const port = Number(NetworkSettings.Ports[`${serverPort}/tcp`]?.[0]?.HostPort);
  return State.Running && Number.isInteger(port) && port > 0 ? port : undefined;
};

const imageOf = async (
  engine: Engine,
  record: BuildRecord | undefined,
  settings: WorkspaceSettings,
): Promise<ImageInspect> => {
  const step = record?.steps.find((candidate) => candidate.step === settings.image);
  const imageId = step?.images[0]?.configDigest;
  const image = imageId === undefined ? undefined : await engine.inspectImage(imageId);
  // Nothing that was built or loaded is found there by what the record knows of it.
  if (image === undefined) requireClassicStore(await engine.info());
  if (image === undefined || imageId === undefined)
    throw new AppError(
      "image-missing",
      `The image of "${settings.image}" of ${settings.workshop} ${settings.version} is not in this engine.`,
      { hint: "Build the workshop again: atelier build <folder>" },
    );
  await refuseForeignImage(engine, image);
  return image;
};

/** Below the ports that systems and engines give away by themselves, so that nobody gets it meanwhile. */
const portRange = { from: 20_000, to: 29_999 } as const;

/** A port on 127.0.0.1 that is free right now and likely to stay so. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(portRange.from, portRange.to + 1);
    if (await canListen(port)) return port;
    await sleep(1);
  }
  throw new AppError("no-free-port", `No port between ${portRange.from} and ${portRange.to} is free on 127.0.0.1.`);
};

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** Whether something failed because the thing is not there (any more). */
export const isGone = (error: unknown): boolean => isAppError(error) && error.code === "docker-not-found";

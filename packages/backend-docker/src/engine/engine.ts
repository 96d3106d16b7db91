import type { Duplex, Readable } from "node:stream";
import { isAppError } from "@atelier/domain";
import { z } from "zod";
import { demultiplex, type OutputChunk } from "./demultiplex.ts";
import type { EngineEndpoint } from "./endpoint.ts";
import { type ExecOptions, type ExecResult, exec } from "./exec.ts";
import { followProgress, jsonLines } from "./json-lines.ts";
import * as shapes from "./shapes.ts";
import { type Call, openTransport } from "./transport.ts";

export type { ExecOptions, ExecResult };

/** Label selectors: `key` or `key=value`; all must match. */
export type Selectors = readonly string[];

/** A login at a registry: a password, or an identity token to be changed for one. */
export type RegistryAuth = { readonly serveraddress: string } & (
  | { readonly username: string; readonly password: string }
  | { readonly identitytoken: string }
);

/**
 * The Docker Engine as we use it (API 1.41 upward). Every method throws `AppError`: `docker-not-found`
 * for what does not exist, `docker-conflict`, `docker-unreachable`, `docker-failed`. Names and ids are
 * interchangeable, as in the engine itself. Bodies of `createContainer` and `commit` are the engine's
 * own documents.
 */
export interface Engine extends Disposable {
  info(): Promise<shapes.EngineInfo>;
  version(): Promise<shapes.EngineVersion>;
  /** What images, containers and volumes take; seconds on a full engine. */
  diskUsage(signal?: AbortSignal): Promise<shapes.DiskUsage>;
  /** What happens to labelled things from now on, until the signal; ends when the engine goes. */
  events(selectors: Selectors, signal: AbortSignal): AsyncGenerator<shapes.EngineEvent>;
  /** The container's id. */
  createContainer(name: string | undefined, body: unknown, signal?: AbortSignal): Promise<string>;
  startContainer(id: string, signal?: AbortSignal): Promise<void>;
  stopContainer(id: string, seconds: number): Promise<void>;
  killContainer(id: string, signalName: string): Promise<void>;
  /** Removes it with its anonymous volumes, running or not; nothing happens when it is gone already. */
  removeContainer(id: string): Promise<void>;
  renameContainer(id: string, name: string): Promise<void>;
  /** Gives a running one other limits; what is not named stays as it is. */
  updateContainer(id: string, limits: Readonly<Record<string, number>>): Promise<void>;
  inspectContainer(id: string): Promise<shapes.ContainerInspect>;
  listContainers(selectors: Selectors): Promise<readonly shapes.ContainerSummary[]>;
  /** Waits for the end; answers the exit code. */
  waitContainer(id: string, signal?: AbortSignal): Promise<number>;
  logs(
    id: string,
    options: { readonly follow: boolean; readonly tail?: number; readonly signal?: AbortSignal },
  ): AsyncGenerator<OutputChunk>;
  /** The streams of a container's first process: write stdin to it, read with `demultiplex`. */
  attach(id: string, signal?: AbortSignal): Promise<Duplex>;
  /** The first process's stdin alone; its end is the process's, too, where the container says `StdinOnce`. */
  attachStdin(id: string, signal?: AbortSignal): Promise<Duplex>;
  /** Tells the terminal of a container's first process how big it is. */
  resizeTerminal(id: string, size: { readonly rows: number; readonly columns: number }): Promise<void>;
  /** Runs a command in a running container. */
  exec(id: string, options: ExecOptions): Promise<ExecResult>;
  /** Writes a tar stream below `path`. */
  putArchive(
    id: string,
    archive: { readonly path: string; readonly tar: Readable | Buffer; readonly signal?: AbortSignal },
  ): Promise<void>;
  /** What a path is, the container running or not; undefined when it does not exist. */
  statPath(id: string, path: string, signal?: AbortSignal): Promise<shapes.PathStat | undefined>;
  /** A tar stream of `path`. */
  getArchive(id: string, path: string, signal?: AbortSignal): Promise<Readable>;
  /** Makes an image of a container; answers its id. */
  commit(
    id: string,
    options: {
      readonly config: unknown;
      readonly repository?: string;
      readonly tag?: string;
      readonly comment?: string;
    },
  ): Promise<string>;
  inspectImage(reference: string): Promise<shapes.ImageInspect | undefined>;
  listImages(selectors: Selectors): Promise<readonly shapes.ImageSummary[]>;
  tagImage(id: string, repository: string, tag: string): Promise<void>;
  removeImage(reference: string, force?: boolean): Promise<void>;
  pullImage(
    reference: string,
    options: {
      readonly platform?: string;
      /** Who asks, as the engine's `X-Registry-Auth` wants it; nobody without. */
      readonly auth?: RegistryAuth;
      readonly onStatus: (line: string) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<void>;
  /** Makes an image of a root file system tar. */
  importImage(
    tar: Readable,
    options: {
      readonly repository: string;
      readonly tag: string;
      readonly changes: readonly string[];
      /** `linux/arm64` and the like; default: the engine's own. */
      readonly platform?: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<void>;
  loadImage(tar: Readable, signal?: AbortSignal): Promise<void>;
  saveImages(references: readonly string[], signal?: AbortSignal): Promise<Readable>;
  /** Classic build of a context that holds a container file. */
  buildImage(
    context: Readable,
    options: {
      readonly dockerfile: string;
      readonly tag: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly buildArgs?: Readonly<Record<string, string>>;
      readonly platform?: string;
      /** Who asks registries for what the container file names: each is shown its own. */
      readonly logins?: readonly RegistryAuth[];
      readonly onOutput: (line: string) => void;
      readonly signal?: AbortSignal;
    },
  ): Promise<void>;
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  listVolumes(selectors: Selectors): Promise<readonly shapes.Volume[]>;
  removeVolume(name: string): Promise<void>;
  createNetwork(name: string, labels: Readonly<Record<string, string>>, subnet?: string): Promise<string>;
  listNetworks(selectors: Selectors): Promise<readonly shapes.Network[]>;
  removeNetwork(id: string): Promise<void>;
}

const labelFilter = (selectors: Selectors): string => JSON.stringify(selectors.length > 0 ? { label: selectors } : {});
const enc = encodeURIComponent;

/** A document in a header: base64 of URLs with its padding, without which the engine's decoder loses the end. */
const headerOf = (document: unknown): string =>
  Buffer.from(JSON.stringify(document)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");

const isMissing = (error: unknown): boolean => isAppError(error) && error.code === "docker-not-found";

/** What does not exist is undefined. */
const unlessMissing = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ask();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** Ignores "it does not exist (any more)", which is what a removal wants. */
const unlessGone = async (work: Promise<unknown>): Promise<void> => {
  await unlessMissing(() => work);
};

/** Connects to an engine. Throws `AppError` `docker-unreachable` or `docker-too-old`. */
export const connectEngine = async (endpoint: EngineEndpoint, signal?: AbortSignal): Promise<Engine> => {
  const transport = await openTransport(endpoint, signal);
  const { read } = transport;
  const act = async (call: Call): Promise<void> => {
    await transport.json(call);
  };
  const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } => (signal ? { signal } : {});

  return {
    [Symbol.dispose]: () => transport.close(),
    info: () => read(shapes.engineInfoSchema, { path: "/info" }),
    version: () => read(shapes.engineVersionSchema, { path: "/version" }),
    diskUsage: (signal) => read(shapes.diskUsageSchema, { path: "/system/df", ...withSignal(signal) }),
    events: async function* (selectors, signal) {
      const { stream } = await transport.open({
        path: "/events",
        query: { filters: labelFilter(selectors) },
        signal,
      });
      for await (const event of jsonLines(stream)) {
        const { data } = shapes.engineEventSchema.safeParse(event);
        if (data) yield data;
      }
    },
    createContainer: async (name, body, signal) =>
      (
        await read(z.object({ Id: z.string() }), {
          method: "POST",
          path: "/containers/create",
          query: { name },
          json: body,
          ...withSignal(signal),
        })
      ).Id,
    startContainer: (id, signal) =>
      act({ method: "POST", path: `/containers/${enc(id)}/start`, ...withSignal(signal) }),
    stopContainer: (id, seconds) => act({ method: "POST", path: `/containers/${enc(id)}/stop`, query: { t: seconds } }),
    killContainer: (id, signalName) =>
      act({ method: "POST", path: `/containers/${enc(id)}/kill`, query: { signal: signalName } }),
    removeContainer: (id) =>
      unlessGone(act({ method: "DELETE", path: `/containers/${enc(id)}`, query: { force: true, v: true } })),
    renameContainer: (id, name) => act({ method: "POST", path: `/containers/${enc(id)}/rename`, query: { name } }),
    updateContainer: (id, limits) => act({ method: "POST", path: `/containers/${enc(id)}/update`, json: limits }),
    inspectContainer: (id) => read(shapes.containerInspectSchema, { path: `/containers/${enc(id)}/json` }),
    listContainers: (selectors) =>
      read(z.array(shapes.containerSummarySchema), {
        path: "/containers/json",
        query: { all: true, filters: labelFilter(selectors) },
      }),
    waitContainer: async (id, signal) =>
      (
        await read(z.object({ StatusCode: z.number() }), {
          method: "POST",
          path: `/containers/${enc(id)}/wait`,
          ...withSignal(signal),
        })
      ).StatusCode,
    logs: async function* (id, { follow, tail, signal }) {
      const { stream } = await transport.open({
        path: `/containers/${enc(id)}/logs`,
        query: { stdout: true, stderr: true, follow, tail: tail ?? "all" },
        ...withSignal(signal),
      });
      yield* demultiplex(stream);
    },
    attach: (id, signal) =>
      transport.hijack({
        method: "POST",
        path: `/containers/${enc(id)}/attach?stream=1&stdin=1&stdout=1&stderr=1`,
        ...withSignal(signal),
      }),
    attachStdin: (id, signal) =>
      transport.hijack({
        method: "POST",
        path: `/containers/${enc(id)}/attach?stream=1&stdin=1`,
        ...withSignal(signal),
      }),
    resizeTerminal: (id, { rows, columns }) =>
      act({ method: "POST", path: `/containers/${enc(id)}/resize`, query: { h: rows, w: columns } }),
    exec: (id, options) => exec(transport, id, options),
    putArchive: (id, { path, tar, signal }) =>
      act({
        method: "PUT",
        path: `/containers/${enc(id)}/archive`,
        query: { path },
        body: tar,
        contentType: "application/x-tar",
        ...withSignal(signal),
      }),
    statPath: (id, path, signal) =>
      unlessMissing(async () => {
        const { headers, stream } = await transport.open({
          method: "HEAD",
          path: `/containers/${enc(id)}/archive`,
          query: { path },
          ...withSignal(signal),
        });
        stream.resume();
        const header = String(headers["x-docker-container-path-stat"] ?? "");
        return shapes.pathStatSchema.parse(JSON.parse(Buffer.from(header, "base64").toString("utf8")));
      }),
    getArchive: async (id, path, signal) =>
      (await transport.open({ path: `/containers/${enc(id)}/archive`, query: { path }, ...withSignal(signal) })).stream,
    commit: async (id, { config, repository, tag, comment }) =>
      (
        await read(z.object({ Id: z.string() }), {
          method: "POST",
          path: "/commit",
          query: { container: id, repo: repository, tag, comment, pause: false },
          json: config,
        })
      ).Id,
    inspectImage: (reference) =>
      unlessMissing(() => read(shapes.imageInspectSchema, { path: `/images/${enc(reference)}/json` })),
    listImages: (selectors) =>
      read(z.array(shapes.imageSummarySchema), {
        path: "/images/json",
        query: { all: true, filters: labelFilter(selectors) },
      }),
    tagImage: (id, repository, tag) =>
      act({ method: "POST", path: `/images/${enc(id)}/tag`, query: { repo: repository, tag } }),
    removeImage: (reference, force) =>
      unlessGone(act({ method: "DELETE", path: `/images/${enc(reference)}`, query: { force } })),
    pullImage: async (reference, { platform, auth, onStatus, signal }) => {
      const { stream } = await transport.open({
        method: "POST",
        path: "/images/create",
        // Without a tag the engine would pull every one there is.
        query: { fromImage: reference, platform, tag: /[:@][^/]+$/.test(reference) ? undefined : "latest" },
        ...(auth ? { headers: { "X-Registry-Auth": headerOf(auth) } } : {}),
        ...withSignal(signal),
      });
      await followProgress(stream, onStatus, "image-not-pulled");
    },
    importImage: async (tar, { repository, tag, changes, platform, signal }) => {
      const query = new URLSearchParams({ fromSrc: "-", repo: repository, tag, ...(platform ? { platform } : {}) });
      for (const change of changes) query.append("changes", change);
      const { stream } = await transport.open({
        method: "POST",
        path: `/images/create?${query}`,
        body: tar,
        contentType: "application/x-tar",
        ...withSignal(signal),
      });
      await followProgress(stream, () => {}, "image-not-imported");
    },
    loadImage: async (tar, signal) => {
      const { stream } = await transport.open({
        method: "POST",
        path: "/images/load",
        query: { quiet: true },
        body: tar,
        contentType: "application/x-tar",
        ...withSignal(signal),
      });
      await followProgress(stream, () => {}, "image-not-loaded");
    },
    saveImages: async (references, signal) => {
      const query = new URLSearchParams();
      for (const reference of references) query.append("names", reference);
      return (await transport.open({ path: `/images/get?${query}`, ...withSignal(signal) })).stream;
    },
    buildImage: async (context, { dockerfile, tag, labels, buildArgs, platform, logins = [], onOutput, signal }) => {
      const { stream } = await transport.open({
        method: "POST",
        path: "/build",
        query: {
          dockerfile,
          t: tag,
          labels: JSON.stringify(labels),
          buildargs: JSON.stringify(buildArgs ?? {}),
          platform,
          rm: true,
          forcerm: true,
        },
        body: context,
        contentType: "application/x-tar",
        ...(logins.length > 0
          ? {
              headers: {
                "X-Registry-Config": headerOf(Object.fromEntries(logins.map((login) => [login.serveraddress, login]))),
              },
            }
          : {}),
        ...withSignal(signal),
      });
      await followProgress(stream, onOutput, "container-file-failed");
    },
    createVolume: (name, labels) =>
      act({ method: "POST", path: "/volumes/create", json: { Name: name, Labels: labels } }),
    listVolumes: async (selectors) =>
      (
        await read(z.object({ Volumes: z.array(shapes.volumeSchema).nullish() }), {
          path: "/volumes",
          query: { filters: labelFilter(selectors) },
        })
      ).Volumes ?? [],
    removeVolume: (name) =>
      unlessGone(act({ method: "DELETE", path: `/volumes/${enc(name)}`, query: { force: true } })),
    createNetwork: async (name, labels, subnet) =>
      (
        await read(z.object({ Id: z.string() }), {
          method: "POST",
          path: "/networks/create",
          json: {
            Name: name,
            Driver: "bridge",
            CheckDuplicate: true,
            Labels: labels,
            ...(subnet ? { IPAM: { Config: [{ Subnet: subnet }] } } : {}),
          },
        })
      ).Id,
    listNetworks: (selectors) =>
      read(z.array(shapes.networkSchema), { path: "/networks", query: { filters: labelFilter(selectors) } }),
    removeNetwork: (id) => unlessGone(act({ method: "DELETE", path: `/networks/${enc(id)}` })),
  };
};

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { platformPaths, serverPort } from "@atelier/contract";
import {
  AppError,
  type BuildRecord,
  type ChainImage,
  type CompiledImage,
  labels,
  type PlanLayer,
  type PublishedImage,
  platformContract,
  requirementsOfWorkshop,
  type Service,
} from "@atelier/domain";
import { resolveBase } from "../base/resolve-base.ts";
import type { Builder, BuildRequest } from "../builder.ts";
import { ensureAppBundle } from "../platform/app-bundle.ts";
import { type Platform, platformOf } from "../platform/platform-versions.ts";
import { ensureRuntimeLayer } from "../platform/runtime-layer.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { removeLeftovers } from "./build-labels.ts";
import { buildContainerFile } from "./container-file.ts";
import { type LayerCache, type LayerImage, openLayerCache } from "./layer-cache.ts";
import { type PreparedBase, prepareBase } from "./prepare-base.ts";
import { proxyEnvironment } from "./proxy-environment.ts";
import { runCommand, waitingContainer } from "./run-command.ts";
import { foldersOf, tarEntriesOf } from "./step-files.ts";

export interface DockerBuilderOptions {
  readonly engine: Engine;
  /** Id of the state directory: marks build containers as ours. */
  readonly stateId: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

/**
 * The builder that drives the Docker engine itself: create, fill or run, commit. It needs no BuildKit,
 * keeps secrets and proxies out of every image's configuration, and finds layers again by content.
 */
export const createDockerBuilder = (options: DockerBuilderOptions): Builder => ({
  name: "docker",
  build: (request) => build(options, request),
});

interface Work extends DockerBuilderOptions {
  readonly request: BuildRequest;
  readonly cache: LayerCache;
  readonly platform: Platform;
  readonly proxies: Readonly<Record<string, string>>;
}

const build = async (options: DockerBuilderOptions, request: BuildRequest): Promise<BuildRecord> => {
  const { engine, stateId, env, now } = options;
  const { plan, workshop, onProgress, signal } = request;
  const info = await engine.info();
  const platform = platformOf(info.Architecture);
  if (platform === undefined)
    throw new AppError("platform-unsupported", `The engine's architecture ${info.Architecture} is not supported.`, {
      hint: "Use an engine on amd64 or arm64.",
    });
  await removeLeftovers(engine, stateId);
  const proxies = proxyEnvironment(env, await readDockerConfig(env));
  const [runtime, app, cache] = [
    await ensureRuntimeLayer({
      engine,
      platform,
      stateId,
      proxies,
      signal,
      onNotice: (message) => onProgress({ kind: "notice", message }),
      onLine: (line) => onProgress({ kind: "output", step: "platform", line }),
    }),
    await ensureAppBundle(env),
    await openLayerCache({ engine, stateId, signal }),
  ];
  onProgress({ kind: "platform", detail: runtime.image, cached: runtime.isCached });
  const work: Work = { ...options, request, cache, platform, proxies };

  const baseImage = await baseOf(work);
  onProgress({ kind: "base", detail: baseImage.name });
  const ground = await prepareBase({
    engine,
    cache,
    base: baseImage,
    runtime,
    app,
    student: plan.student,
    stateId,
    signal,
  });

  const images = new Map<string, LayerImage>();
  let below: LayerImage = ground;
  for (const [index, chain] of plan.chain.entries()) {
    const started = now();
    onProgress({ kind: "step-started", step: chain.step, number: index + 1, of: plan.chain.length });
    const built = await buildStep(work, { chain, below, ground });
    below = built;
    images.set(chain.step, built);
    onProgress({ kind: "step-finished", step: chain.step, cached: built.isCached, ms: now() - started });
  }

  const steps = await publishAll(work, (published) => ({
    published,
    ground,
    image: images.get(published.from ?? "") ?? ground,
  }));
  const services: BuildRecord["services"] = [];
  for (const service of workshop.infrastructure.services) {
    const imageId = await serviceImage(work, service, steps[0]?.images[0]?.configDigest);
    services.push({
      ...(JSON.parse(JSON.stringify(service)) as BuildRecord["services"][number]),
      ...(imageId ? { imageId } : {}),
    });
  }
  return {
    v: 1,
    workshop: workshop.name,
    version: workshop.version,
    title: workshop.title,
    image: plan.image,
    navigation: workshop.navigation,
    next: workshop.next,
    platformContract,
    planDigest: plan.digest,
    steps,
    services,
    requirements: [...requirementsOfWorkshop(workshop)],
  };
};

/** How bases of this build are had; `step` says under what name their output is shown. */
const basing = ({ engine, platform, request }: Work, step: string) => ({
  engine,
  platform,
  signal: request.signal,
  onNotice: (message: string) => request.onProgress({ kind: "notice", message }),
  onLine: (line: string) => request.onProgress({ kind: "output", step, line }),
});

const fromContainerFile = (work: Work, file: string, tag: string): Promise<string> =>
  buildContainerFile({
    ...basing(work, file),
    tree: work.request.tree,
    folder: work.request.folder,
    proxies: work.proxies,
    file,
    tag,
  });

const baseOf = async (work: Work): Promise<{ id: string; name: string }> => {
  const { base, workshop } = work.request.plan;
  if (base.kind === "image") return { id: (await resolveBase(base.image, basing(work, "base"))).Id, name: base.image };
  return {
    id: await fromContainerFile(work, base.containerFile, `atelier-base/${workshop.name}`),
    name: base.containerFile,
  };
};

const serviceImage = async (work: Work, service: Service, start: string | undefined): Promise<string | undefined> => {
  switch (service.source.kind) {
    case "workshop":
      return start;
    case "image":
      return (await resolveBase(service.source.image, basing(work, service.name))).Id;
    case "containerFile":
      return fromContainerFile(
        work,
        service.source.containerFile,
        `atelier-service/${work.request.workshop.name}-${service.name}`,
      );
  }
};

const buildStep = async (
  work: Work,
  { chain, below, ground }: { chain: ChainImage; below: LayerImage; ground: PreparedBase },
): Promise<LayerImage & { isCached: boolean }> => {
  const { onProgress } = work.request;
  let image = below;
  let isCached = true;
  for (const layer of chain.layers) {
    const started = work.now();
    const made = await buildLayer(work, { layer, parent: image, step: chain.step, ground });
    onProgress({
      kind: "layer",
      step: chain.step,
      label: labelOf(layer),
      cached: made.isCached,
      ms: work.now() - started,
    });
    isCached &&= made.isCached;
    image = made;
  }
  return { ...image, isCached };
};

const labelOf = (layer: PlanLayer): string =>
  layer.kind === "files"
    ? `${layer.files.length} files`
    : layer.kind === "env"
      ? `env ${Object.keys(layer.env).join(" ")}`
      : (layer.run.trim().split("\n", 1)[0] ?? "");

const buildLayer = (
  work: Work,
  { layer, parent, step, ground }: { layer: PlanLayer; parent: LayerImage; step: string; ground: PreparedBase },
): Promise<LayerImage & { isCached: boolean }> => {
  const { cache, engine, request } = work;
  const { signal, onProgress } = request;
  switch (layer.kind) {
    case "env":
      return cache.layer({
        parent,
        input: ["env", layer.env],
        config: { Env: Object.entries(layer.env).map(([name, value]) => `${name}=${value}`) },
      });
    case "files":
      return cache.layer({
        parent,
        input: ["files", layer.files, ground.student, request.workshop.workdir],
        fill: async (container) => {
          const folders = await foldersOf(layer.files, ground.student, {
            engine,
            container,
            workdir: request.workshop.workdir,
          });
          await engine.putArchive(container, {
            path: "/",
            tar: makeTar([...folders, ...tarEntriesOf(layer.files, ground.student, request)]),
            signal,
          });
        },
      });
    case "command":
      return cache.layer({
        parent,
        input: ["command", layer.run, layer.user, layer.cwd, layer.secrets],
        container: {
          ...waitingContainer,
          ...(layer.secrets.length > 0 ? { HostConfig: { Tmpfs: { "/run/secrets": "mode=0755" } } } : {}),
        },
        fill: async (container) => {
          const secrets = Object.fromEntries(layer.secrets.map((name) => [name, secretValue(request, name)]));
          await engine.startContainer(container, signal);
          await runCommand({
            engine,
            container,
            step,
            command: layer,
            identity:
              layer.user === "student" ? ground.student : { name: "root", uid: 0, gid: 0, groups: [], home: "/root" },
            secrets,
            proxies: work.proxies,
            onLine: (line) => onProgress({ kind: "output", step, line }),
            signal,
          });
          await engine.killContainer(container, "SIGKILL");
        },
      });
  }
};

const secretValue = (request: BuildRequest, name: string): Uint8Array => {
  const value = request.secrets[name];
  if (value === undefined)
    throw new AppError("secret-missing", `A command needs the build secret "${name}".`, {
      hint: `Pass it: atelier build --secret ${name}=<file>`,
    });
  return value;
};

/** So many at once: each is little work of ours and much waiting for the engine's disk. */
const publishers = 4;

/** Publishes every image of the plan, in the plan's order. After a failure nothing new is begun. */
const publishAll = async (
  work: Work,
  inputOf: (published: PublishedImage) => Parameters<typeof publish>[1],
): Promise<BuildRecord["steps"]> => {
  const { published } = work.request.plan;
  const steps: BuildRecord["steps"] = [];
  let next = 0;
  let hasFailed = false;
  const publisher = async (): Promise<void> => {
    for (let index = next++; index < published.length && !hasFailed; index = next++) {
      try {
        steps[index] = await publish(work, inputOf(published[index] as PublishedImage));
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  // All of them end before a failure goes on, so that none still makes containers then.
  const ends = await Promise.allSettled(Array.from({ length: publishers }, publisher));
  const failure = ends.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
  return steps;
};

const publish = async (
  work: Work,
  { published, image, ground }: { published: PublishedImage; image: LayerImage; ground: PreparedBase },
): Promise<BuildRecord["steps"][number]> => {
  const { cache, engine, platform, request } = work;
  const { plan } = request;
  const description: CompiledImage = {
    v: 1,
    step: published.step,
    planDigest: published.digest,
    platformContract,
    student: { ...ground.student, groups: [...ground.student.groups] },
  };
  const final = await cache.layer({
    parent: image,
    input: ["publish", published.digest, description],
    config: {
      // A server idles most of its life: V8 keeps 7 MiB less then, at no measurable cost in throughput.
      Entrypoint: [platformPaths.tini, "--", platformPaths.node, "--optimize-for-size", platformPaths.server],
      Cmd: [],
      User: "0:0",
      WorkingDir: "/",
      StopSignal: "SIGTERM",
      ExposedPorts: { [`${serverPort}/tcp`]: {} },
      Labels: { ...published.labels, [labels.planDigest]: published.digest },
    },
    fill: (container) =>
      engine.putArchive(container, {
        path: "/",
        tar: makeTar([
          ...foldersAbove(published.metadata.map(({ target }) => target)),
          { name: "workshop/runtime", type: "folder", mode: 0o700, uid: 0, gid: 0 },
          {
            name: "workshop/image.json",
            type: "file",
            mode: 0o600,
            uid: 0,
            gid: 0,
            content: `${JSON.stringify(description, null, 2)}\n`,
          },
          ...tarEntriesOf(published.metadata, ground.student, request),
        ]),
        signal: request.signal,
      }),
  });
  const short = `${plan.workshop.version}-${published.step}`;
  const tag = `${short}-${final.id.replace(/^sha256:/, "").slice(0, 12)}`;
  for (const name of [short, tag, published.step]) await engine.tagImage(final.id, plan.image, name);
  const inspected = await engine.inspectImage(final.id);
  return {
    step: published.step,
    tag,
    images: [{ platform, configDigest: final.id, layers: inspected?.RootFS?.Layers ?? [], pushed: [] }],
  };
};

/** Every folder above the targets, closed to everybody but root. */
const foldersAbove = (targets: readonly string[]): readonly TarEntry[] => {
  const folders = new Set<string>();
  for (const target of targets)
    for (let end = target.lastIndexOf("/"); end > 0; end = target.lastIndexOf("/", end - 1))
      folders.add(target.slice(1, end));
  return [...folders].map((name) => ({ name, type: "folder", mode: 0o700, uid: 0, gid: 0 }));
};

/** The docker CLI's own configuration; undefined when there is none that can be read. */
const readDockerConfig = async (env: DockerBuilderOptions["env"]): Promise<unknown> => {
  try {
    return JSON.parse(
      await readFile(join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), ".docker"), "config.json"), "utf8"),
    );
  } catch {
    return undefined;
  }
};

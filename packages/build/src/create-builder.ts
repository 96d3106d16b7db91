import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Engine, requireClassicStore } from "@atelier/backend-docker";
import {
  AppError,
  type BuildRecord,
  isAppError,
  platformContract,
  requirementsOfWorkshop,
  type Service,
  type Workshop,
} from "@atelier/domain";
import { baseLacks, withoutShell } from "./base/base-facts.ts";
import { resolveBase } from "./base/resolve-base.ts";
import type { Builder, BuildRequest } from "./builder.ts";
import type { ChainBuilder, ChainWork } from "./chain/chain-builder.ts";
import { requireRoomForLayers } from "./chain/require-room.ts";
import { readExtraTrust } from "./chain/extra-trust.ts";
import { removeLeftovers } from "./docker/build-labels.ts";
import { dockerChain } from "./docker/docker-chain.ts";
import { buildContainerFile } from "./docker/container-file.ts";
import { digestOf, emptyImageCache, type ImageCache, openImageCache } from "./docker/image-cache.ts";
import { temporaryPlace, withRoom } from "./disk-full.ts";
import { removeDeadDrafts, temporaryFolder } from "./drafts/process-drafts.ts";
import { proxyEnvironment, proxyNotice } from "./docker/proxy-environment.ts";
import { type BuildMemory, openBuildMemory } from "./memory/build-memory.ts";
import { markBuild } from "./memory/running-builds.ts";
import { type Ground, prepareGround } from "./ground/prepare-ground.ts";
import { type AppBundle, ensureAppBundle } from "./platform/app-bundle.ts";
import { type Platform, platformOf } from "./platform/platform-versions.ts";
import { ensureRuntimeLayer } from "./platform/runtime-layer.ts";
import { requireEmulation } from "./platform/require-emulation.ts";
import { readLogin } from "./registry/credentials.ts";
import { publishImages } from "./publish/publish-images.ts";

export interface BuilderOptions {
  readonly engine: Engine;
  /** Id of the state directory: marks build containers as ours. */
  readonly stateId: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In ms since 1970. */
  readonly now: () => number;
  /** Keeps what a builder wants to find again and the engine does not keep for it. */
  readonly cacheFolder: string;
}

/** Everything about a build but the chain: base, platform and student below it, pages and names on top. */
export const createBuilder = (name: Builder["name"], chain: ChainBuilder, options: BuilderOptions): Builder => ({
  name,
  build: async (request) => {
    using _running = markBuild(options.cacheFolder);
    const scratch = await temporaryFolder("build");
    const background: Promise<void>[] = [];
    const later = (work: () => Promise<void>): void => {
      background.push(
        work().catch((error: Error) =>
          request.onProgress({ kind: "notice", message: `Something of the build is left behind: ${error.message}` }),
        ),
      );
    };
    const memory = await openBuildMemory(options.cacheFolder);
    let doing = "The build";
    try {
      const onProgress: BuildRequest["onProgress"] = (event) => {
        if (event.kind === "step-started") doing = `Step "${event.step}"`;
        request.onProgress(event);
      };
      const work = { ...options, request: { ...request, onProgress }, scratch, later, memory };
      return await withRoom(
        () => (request.isTrial ? buildTrial(work, chain) : build(work, chain, openImageCache(work))),
        { doing: () => doing, ...temporaryPlace() },
      );
    } finally {
      later(() => memory.save());
      await Promise.all(background);
      await rm(scratch, { recursive: true, force: true });
    }
  },
});

interface Work extends BuilderOptions {
  readonly request: BuildRequest;
  readonly scratch: string;
  readonly later: ChainWork["later"];
  readonly memory: BuildMemory;
}

/** What bases and services need. */
type Basing = Work & Pick<ChainWork, "platform" | "proxies" | "trust" | "cache"> & { readonly native: Platform };

/** Builds as if nothing had been built before, and takes away again what was made. */
const buildTrial = async (work: Work, makeChain: ChainBuilder): Promise<BuildRecord> => {
  const { engine } = work;
  const before = new Set((await engine.listImages([])).map(({ Id }) => Id));
  const cache = emptyImageCache();
  try {
    return await build(work, makeChain, Promise.resolve(cache));
  } finally {
    // Newest first: an image goes after those that stand on it.
    for (const id of cache.made().toReversed())
      if (!before.has(id)) await engine.removeImage(id, true).catch(() => undefined);
  }
};

const build = async (work: Work, makeChain: ChainBuilder, opening: Promise<ImageCache>): Promise<BuildRecord> => {
  const { engine, stateId, env, request } = work;
  const { plan, workshop } = request;
  const [info, app, cache, dockerConfig, trust] = await Promise.all([
    engine.info(),
    ensureAppBundle(env),
    opening,
    readDockerConfig(env),
    readExtraTrust(env),
    removeLeftovers(engine, stateId),
    removeDeadDrafts(work.cacheFolder),
  ]);
  requireClassicStore(info);
  const native = requirePlatform(info.Architecture);
  const proxies = proxyEnvironment(env, dockerConfig);
  const aboutProxies = proxyNotice(env, dockerConfig);
  if (aboutProxies) request.onProgress({ kind: "notice", message: aboutProxies });
  const asked = request.platforms ?? [native];
  const main = asked.includes(native) ? native : asked[0];
  // The first of a step's images is the one that runs here.
  const platforms = [...asked].sort((a, b) => Number(b === main) - Number(a === main));
  const basing = { ...work, cache, native, proxies, trust };
  const inTurn = async <T>(make: (platform: Platform) => Promise<T>): Promise<readonly T[]> => {
    const made: T[] = [];
    for (const platform of platforms) {
      if (platforms.length > 1) request.onProgress({ kind: "notice", message: `For ${platform}:` });
      made.push(await make(platform));
    }
    return made;
  };
  // All of them before the first command runs: what another platform lacks is not said after a long build.
  const grounds = new Map(await inTurn(async (platform) => [platform, await groundOf({ ...basing, platform }, app)]));
  tellLacks(request, grounds);
  const steps = mergePlatforms(
    await inTurn(async (platform) => {
      const ground = grounds.get(platform);
      if (ground === undefined) throw new Error(`${platform} has a ground`);
      return buildOn(ground, { ...basing, platform, isMain: platform === main }, makeChain);
    }),
  );
  const services: BuildRecord["services"] = [];
  for (const service of workshop.infrastructure.services)
    services.push({
      ...(JSON.parse(JSON.stringify(service)) as BuildRecord["services"][number]),
      ...(await serviceImages(basing, service, { platforms, steps })),
    });
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
    ...clusterOf(workshop.infrastructure.cluster),
    requirements: [...requirementsOfWorkshop(workshop)],
  };
};

const hasCommands = ({ plan }: BuildRequest): boolean =>
  plan.chain.some(({ layers }) => layers.some(({ kind }) => kind === "command"));

/** What a platform's first step stands on; said and refused here is whatever keeps it from being built. */
const groundOf = async (work: Basing, app: AppBundle): Promise<Ground> => {
  const { engine, stateId, request, platform, native } = work;
  const { plan, onProgress, signal } = request;
  const runtime = await ensureRuntimeLayer({
    ...howBasesCome(work, "platform"),
    stateId,
    proxies: work.proxies,
  });
  onProgress({ kind: "platform", detail: runtime.image, cached: runtime.isCached });
  if (platform !== native && hasCommands(request)) {
    await requireEmulation({ engine, stateId, platform, native, runtime: runtime.image, plan, signal });
    onProgress({ kind: "notice", message: `Commands for ${platform} run emulated: this engine is ${native}.` });
  }
  const base = await baseOf(work);
  onProgress({ kind: "base", detail: base.name });
  return prepareGround({
    ...howBasesCome(work, "base"),
    ...work,
    base,
    runtime,
    app,
    student: plan.student,
    signal,
  }).catch((error: unknown) => {
    if (!isAppError(error) || error.code !== "base-without-shell") throw error;
    const diagnostics = [withoutShell({ base: plan.base, tree: request.tree })];
    throw new AppError(error.code, "The base cannot be built on:", { diagnostics, cause: error });
  });
};

/** Says what the bases lack; that of another platform only where it lacks more than the first. */
const tellLacks = (request: BuildRequest, grounds: ReadonlyMap<Platform, Ground>): void => {
  const said = new Set<string>();
  const [first] = grounds.keys();
  for (const [platform, { facts }] of grounds) {
    const isFirst = platform === first;
    for (const diagnostic of baseLacks(facts, { ...request, base: request.plan.base })) {
      if (said.has(diagnostic.message)) continue;
      said.add(diagnostic.message);
      const message = isFirst ? diagnostic.message : `For ${platform}: ${diagnostic.message}`;
      request.onProgress({ kind: "warning", diagnostic: { ...diagnostic, message } });
    }
  }
};

const buildOn = async (
  ground: Ground,
  work: Basing & Pick<ChainWork, "isMain">,
  makeChain: ChainBuilder,
): Promise<BuildRecord["steps"]> => {
  const { request, platform, native } = work;
  requireRoomForLayers(request, ground.image.layers);
  // Dagger's engine puts files with a program of the platform's own, which nothing here may run. Files alone need
  // none: the other builder writes their layers itself, and both give the same tree.
  const chain = platform === native || hasCommands(request) ? makeChain : dockerChain;
  // A trial's images must not be found by builds that are meant.
  const digest = request.isTrial ? digestOf("trial", randomUUID(), ground.digest) : ground.digest;
  const chainWork: ChainWork = { ...work, ground: { ...ground, digest } };
  return [...(await publishImages(chainWork, await chain(chainWork)))];
};

/** Steps with the images of all platforms, the first one's tag in front. */
const mergePlatforms = ([first = [], ...others]: readonly BuildRecord["steps"][]): BuildRecord["steps"] =>
  first.map((step) => ({
    ...step,
    images: [
      ...step.images,
      ...others.flatMap((steps) => steps.find((other) => other.step === step.step)?.images ?? []),
    ],
  }));
const clusterOf = (cluster: Workshop["infrastructure"]["cluster"]): Pick<BuildRecord, "cluster"> =>
  cluster === undefined
    ? {}
    : {
        cluster: {
          onReset: cluster.onReset,
          ...(cluster.version === undefined ? {} : { version: cluster.version }),
        },
      };

const requirePlatform = (architecture: string): Platform => {
  const platform = platformOf(architecture);
  if (platform !== undefined) return platform;
  throw new AppError("platform-unsupported", `The engine's architecture ${architecture} is not supported.`, {
    hint: "Use an engine on amd64 or arm64.",
  });
};

/** How bases of this build are had; `step` says under what name their output is shown. */
const howBasesCome = ({ engine, platform, native, request, memory, now, env }: Basing, step: string) => ({
  engine,
  native,
  memory,
  loginFor: (registry: string) => readLogin(registry, env),
  now,
  platform,
  signal: request.signal,
  onNotice: (message: string) => request.onProgress({ kind: "notice", message }),
  onLine: (line: string) => request.onProgress({ kind: "output", step, line }),
});

const fromContainerFile = (work: Basing, file: string, tag: string): Promise<string> =>
  buildContainerFile({
    ...howBasesCome(work, file),
    cache: work.cache,
    tree: work.request.tree,
    folder: work.request.folder,
    proxies: work.proxies,
    hasExtraTrust: work.trust !== undefined,
    file,
    tag,
  });

const baseOf = async (work: Basing): Promise<{ id: string; name: string }> => {
  const { base, workshop } = work.request.plan;
  if (base.kind === "image")
    return { id: (await resolveBase(base.image, howBasesCome(work, "base"))).Id, name: base.image };
  return {
    id: await fromContainerFile(
      work,
      base.containerFile,
      nameFor(work.platform, { name: `atelier-base/${workshop.name}`, isPlain: work.platform === work.native }),
    ),
    name: base.containerFile,
  };
};

type ServiceImages = Pick<BuildRecord["services"][number], "imageId" | "images">;

/** A service's image for every platform, the main one first. Without it for a foreign one the workshop is still of use. */
const serviceImages = async (
  work: Omit<Basing, "platform">,
  service: Service,
  { platforms, steps }: { readonly platforms: readonly Platform[]; readonly steps: BuildRecord["steps"] },
): Promise<ServiceImages> => {
  const [main, ...others] = platforms;
  if (main === undefined) return {};
  const { onProgress } = work.request;
  const startOf = (platform: Platform): string | undefined =>
    steps[0]?.images.find((image) => image.platform === platform)?.configDigest;
  const images: { platform: Platform; imageId: string }[] = [];
  for (const platform of others)
    try {
      const imageId = await serviceImage({ ...work, platform }, service, { start: startOf(platform), isMain: false });
      if (imageId !== undefined) images.push({ platform, imageId });
    } catch (error) {
      if (!isAppError(error) || !["base-not-available", "container-file-failed"].includes(error.code)) throw error;
      onProgress({
        kind: "notice",
        message: `Service "${service.name}" is not to be had for ${platform}: ${error.message}`,
      });
    }
  // Last: the engine keeps one image under a name, and the main one is looked for under it the next time.
  const imageId = await serviceImage({ ...work, platform: main }, service, { start: startOf(main), isMain: true });
  if (imageId === undefined) return {};
  return { imageId, ...(images.length === 0 ? {} : { images: [{ platform: main, imageId }, ...images] }) };
};

const serviceImage = async (
  work: Basing,
  service: Service,
  { start, isMain }: { readonly start: string | undefined; readonly isMain: boolean },
): Promise<string | undefined> => {
  switch (service.source.kind) {
    case "workshop":
      return start;
    case "image":
      return (await resolveBase(service.source.image, howBasesCome(work, service.name))).Id;
    case "containerFile": {
      const name = `atelier-service/${work.request.workshop.name}-${service.name}`;
      return fromContainerFile(work, service.source.containerFile, nameFor(work.platform, { name, isPlain: isMain }));
    }
  }
};

/** An engine keeps one image under a name: another platform's has a name of its own. */
const nameFor = (
  platform: Platform,
  { name, isPlain }: { readonly name: string; readonly isPlain: boolean },
): string => (isPlain ? name : `${name}-${platform.slice(platform.indexOf("/") + 1)}`);

/** The docker CLI's own configuration; undefined when there is none that can be read. */
const readDockerConfig = async (env: BuilderOptions["env"]): Promise<unknown> => {
  try {
    return JSON.parse(
      await readFile(join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), ".docker"), "config.json"), "utf8"),
    );
  } catch {
    return undefined;
  }
};

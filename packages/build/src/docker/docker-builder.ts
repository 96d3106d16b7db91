import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { platformPaths, serverPort } from "@atelier/contract";
import {
  AppError,
  type BuildRecord,
  type ChainImage,
  type CompiledImage,
  contextOf,
  labels,
  type PlanLayer,
  type PublishedImage,
  platformContract,
  requirementsOfWorkshop,
} from "@atelier/domain";
import { resolveBase } from "../base/resolve-base.ts";
import type { Builder, BuildRequest } from "../builder.ts";
import { ensureAppBundle } from "../platform/app-bundle.ts";
import { platformOf } from "../platform/platform-versions.ts";
import { ensureRuntimeLayer } from "../platform/runtime-layer.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { removeLeftovers } from "./build-labels.ts";
import { type LayerCache, type LayerImage, openLayerCache } from "./layer-cache.ts";
import { type PreparedBase, prepareBase } from "./prepare-base.ts";
import { runCommand, waitingContainer } from "./run-command.ts";
import { missingFolders, tarEntriesOf } from "./step-files.ts";

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
  readonly platform: string;
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
  const notices = {
    onNotice: (message: string) => onProgress({ kind: "notice", message }),
    onLine: (line: string) => onProgress({ kind: "output", step: "platform", line }),
  };
  const [runtime, app, cache] = [
    await ensureRuntimeLayer({ engine, platform, stateId, signal, ...notices }),
    await ensureAppBundle(env),
    await openLayerCache({ engine, stateId, signal }),
  ];
  onProgress({ kind: "platform", detail: runtime.image, cached: runtime.isCached });
  const work: Work = { ...options, request, cache, platform };

  const baseImage = await baseOf(work, notices);
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

  const steps: BuildRecord["steps"] = [];
  for (const published of plan.published)
    steps.push(await publish(work, { published, ground, image: images.get(published.from ?? "") ?? ground }));
  const services: BuildRecord["services"] = [];
  for (const service of workshop.infrastructure.services) {
    const imageId =
      service.source.kind === "workshop"
        ? steps[0]?.images[0]?.configDigest
        : service.source.kind === "image"
          ? (await resolveBase(service.source.image, { engine, platform, signal, ...notices })).Id
          : await buildContainerFile(work, {
              file: service.source.containerFile,
              tag: `atelier-service/${workshop.name}-${service.name}`,
            });
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

const baseOf = async (
  work: Work,
  notices: { onNotice: (message: string) => void; onLine: (line: string) => void },
): Promise<{ id: string; name: string }> => {
  const { base } = work.request.plan;
  const { engine, platform, request } = work;
  if (base.kind === "image")
    return {
      id: (await resolveBase(base.image, { engine, platform, signal: request.signal, ...notices })).Id,
      name: base.image,
    };
  await resolveFroms(work, { file: base.containerFile, notices });
  return {
    id: await buildContainerFile(work, { file: base.containerFile, tag: `atelier-base/${request.workshop.name}` }),
    name: base.containerFile,
  };
};

/** Images a container file stands on, so that a Debian base can be made where no registry answers. */
const resolveFroms = async (
  work: Work,
  { file, notices }: { file: string; notices: { onNotice: (message: string) => void; onLine: (line: string) => void } },
): Promise<void> => {
  const { engine, platform, request } = work;
  const entry = request.tree.entries.get(file);
  const text = entry?.kind === "file" ? new TextDecoder().decode(entry.bytes) : "";
  const stages = new Set<string>();
  for (const match of text.matchAll(/^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/gim)) {
    const [, reference = "", stage] = match;
    if (!stages.has(reference) && reference !== "scratch" && !reference.includes("$")) {
      const image = await resolveBase(reference, { engine, platform, signal: request.signal, ...notices });
      // The engine's own build looks the reference up by name: give the made base that name.
      if (!image.RepoTags.includes(reference)) {
        const [repository = reference, tag = "latest"] = reference.split(":");
        await engine.tagImage(image.Id, repository, tag);
      }
    }
    if (stage) stages.add(stage);
  }
};

const buildContainerFile = async (work: Work, { file, tag }: { file: string; tag: string }): Promise<string> => {
  const { engine, request, stateId } = work;
  const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : "";
  const context = contextOf(folder, request.tree).flatMap((path): TarEntry[] => {
    const entry = request.tree.entries.get(path);
    if (entry?.kind !== "file") return [];
    const content = entry.truncated ? { file: join(request.folder, path), size: entry.size } : entry.bytes;
    return [
      {
        name: path.slice(folder.length),
        type: "file",
        mode: entry.executable ? 0o755 : 0o644,
        uid: 0,
        gid: 0,
        content,
      },
    ];
  });
  const lines: string[] = [];
  try {
    await engine.buildImage(makeTar(context), {
      dockerfile: file.slice(folder.length),
      tag,
      labels: { [labels.state]: stateId, [labels.role]: "base" },
      onOutput: (line) => {
        lines.push(line);
        request.onProgress({ kind: "output", step: file, line });
      },
      signal: request.signal,
    });
  } catch (error) {
    if (error instanceof AppError && error.code === "container-file-failed")
      throw new AppError(
        "container-file-failed",
        `${file} could not be built: ${error.message}\n${lines
          .slice(-15)
          .map((line) => `  | ${line}`)
          .join("\n")}`,
        { cause: error },
      );
    throw error;
  }
  const image = await engine.inspectImage(tag);
  if (image === undefined) throw new AppError("container-file-failed", `${file} was built, but its image is gone.`);
  return image.Id;
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
        input: ["files", layer.files, ground.student],
        fill: async (container) => {
          const folders = await missingFolders(layer.files, ground.student, {
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

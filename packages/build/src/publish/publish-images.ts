import { platformPaths, serverPort } from "@atelier/contract";
import { type BuildRecord, type CompiledImage, labels, type PublishedImage, platformContract } from "@atelier/domain";
import type { ChainStep, ChainWork } from "../chain/chain-builder.ts";
import { tarEntriesOf } from "../chain/step-files.ts";
import { digestOf } from "../docker/image-cache.ts";
import { type ContainerConfig, type EngineImage, mergeEnv, readImage } from "../image/engine-image.ts";
import { writeLayer } from "../image/layer-file.ts";
import { type ImageToLoad, loadImages } from "../image/load-images.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";

type PublishedStep = BuildRecord["steps"][number];

/**
 * Puts pages, checks and the configuration on every chain image and names the results. No container is
 * made: two small archives and a configuration each, all in one request, and only for what changed. Pages
 * are the same in all images, so that they are one layer for whoever stores or sends them.
 */
export const publishImages = async (
  work: ChainWork,
  chain: readonly ChainStep[],
): Promise<readonly PublishedStep[]> => {
  const { cache, engine, request, ground, memory } = work;
  const { plan } = request;
  const start: ChainStep = { step: "start", id: ground.image.id, image: async () => ground.image, env: {} };
  const asked = plan.published
    .filter(({ step }) => request.only === undefined || step === request.only)
    .map(async (published) => {
      const below = chain.find(({ step }) => step === published.from) ?? start;
      const description: CompiledImage = {
        v: 1,
        step: published.step,
        planDigest: published.digest,
        platformContract,
        student: { ...ground.student, groups: [...ground.student.groups] },
      };
      // By the image below and not by its recipe: a step that was run again is another image of the same recipe.
      const stands = [below.id, below.env];
      const says = [published.digest, published.labels, request.revision ?? "", description];
      const digest = digestOf("publish", publishVersion, ownConfig, ...stands, ...says);
      return { published, below, description, digest, cached: await cache.find(digest) };
    });
  const wanted = await Promise.all(asked);

  const missing = wanted.filter(({ cached }) => cached === undefined);
  const pages = missing[0] && (await writeLayer(makeTar(pageEntries(work, missing[0].published)), work.scratch));
  // Two steps may have one image.
  const below = [...new Set(chain.flatMap(({ load }) => (load ? [load] : [])))];
  const requests: ImageToLoad[] = [...below];
  for (const { published, below: standsOn, description, digest } of missing)
    requests.push({
      parent: await standsOn.image(),
      layers: [...(pages ? [pages] : []), await writeLayer(makeTar(ownEntries(description)), work.scratch)],
      config: configOf(work, { published, below: standsOn, digest }),
      comment: "pages and checks",
      tagsOf: (id) => tagsOf(work, published, id).map((tag) => `${plan.image}:${tag}`),
    });
  const loaded = new Map<string, EngineImage>();
  const images = await loadImages(engine, requests, request.signal);
  for (const [index, image] of images.slice(below.length).entries()) {
    const { digest = "" } = missing[index] ?? {};
    loaded.set(digest, image);
    cache.remember(digest, { id: image.id, labels: {}, tags: [] });
  }

  return Promise.all(
    wanted.map(async ({ published, digest, cached }): Promise<PublishedStep> => {
      const id = loaded.get(digest)?.id ?? cached?.id ?? digest;
      const layers = await memory.layersOf(
        id,
        async () => (loaded.get(digest) ?? (await readImage(engine, id))).layers,
      );
      const tags = tagsOf(work, published, id);
      if (cached)
        for (const tag of tags)
          if (!cached.tags.includes(`${plan.image}:${tag}`)) await engine.tagImage(id, plan.image, tag);
      return {
        step: published.step,
        tag: tags[0] ?? "",
        images: [{ platform: work.platform, configDigest: id, layers: [...layers], pushed: [] }],
      };
    }),
  );
};

/** The immutable tag first, then those that follow the newest build. */
const tagsOf = ({ request, isMain }: ChainWork, { step }: PublishedImage, id: string): readonly string[] => {
  if (request.isTrial) return [];
  const short = `${request.plan.workshop.version}-${step}`;
  const immutable = `${short}-${id.replace(/^sha256:/, "").slice(0, 12)}`;
  return isMain ? [immutable, short, step] : [immutable];
};

/** To be raised when {@link pageEntries} or {@link ownEntries} lay the same things out in another way. */
const publishVersion = 2;

/** How each of our images is started. Part of its key: a version that starts them otherwise finds none of another's. */
const ownConfig = {
  // A server idles most of its life: small young spaces keep 4 MiB less then. (`--optimize-for-size` keeps 7 MiB
  // less, but V8 then compiles Node's own modules anew at every start, a quarter of its time.)
  Entrypoint: [platformPaths.tini, "--", platformPaths.node, "--max-semi-space-size=1", platformPaths.server],
  Cmd: [],
  User: "0:0",
  WorkingDir: "/",
  StopSignal: "SIGTERM",
  ExposedPorts: { [`${serverPort}/tcp`]: {} },
} satisfies ContainerConfig;

/** Depends on the base, the recipes' environment and the plan alone, whatever a builder left on its images. */
const configOf = (
  { ground, request }: ChainWork,
  { published, below, digest }: { published: PublishedImage; below: ChainStep; digest: string },
): ContainerConfig => {
  const { [labels.student]: _student, [labels.baseFacts]: _facts, ...inherited } = ground.image.config.Labels ?? {};
  return {
    ...ground.image.config,
    Env: mergeEnv(ground.image.config.Env ?? [], below.env),
    ...ownConfig,
    Labels: {
      ...inherited,
      ...published.labels,
      ...(request.revision ? { "org.opencontainers.image.revision": request.revision } : {}),
      [labels.planDigest]: published.digest,
      [labels.layerDigest]: digest,
    },
  };
};

const rootOnly = { uid: 0, gid: 0 } as const;

/** Everything below `/workshop` that is the same in every image. */
const pageEntries = ({ request, ground }: ChainWork, { metadata }: PublishedImage): readonly TarEntry[] => [
  ...foldersAbove(metadata.map(({ target }) => target)),
  { name: "workshop/runtime", type: "folder", mode: 0o700, ...rootOnly },
  ...tarEntriesOf(metadata, ground.student, request),
];

/** What an image says of itself. */
const ownEntries = (description: CompiledImage): readonly TarEntry[] => [
  { name: "workshop", type: "folder", mode: 0o700, ...rootOnly },
  {
    name: "workshop/image.json",
    type: "file",
    mode: 0o600,
    ...rootOnly,
    content: `${JSON.stringify(description, null, 2)}\n`,
  },
];

/** Every folder above the targets, closed to everybody but root. */
const foldersAbove = (targets: readonly string[]): readonly TarEntry[] => {
  const folders = new Set<string>();
  for (const target of targets)
    for (let end = target.lastIndexOf("/"); end > 0; end = target.lastIndexOf("/", end - 1))
      folders.add(target.slice(1, end));
  return [...folders].map((name) => ({ name, type: "folder", mode: 0o700, ...rootOnly }));
};

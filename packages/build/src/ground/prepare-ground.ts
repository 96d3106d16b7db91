import type { Engine } from "@atelier/backend-docker";
import { type ImagePlan, labels } from "@atelier/domain";
import { type BaseFacts, baseFactsSchema } from "../base/base-facts.ts";
import type { CommandIdentity } from "../chain/identity.ts";
import { digestOf, type ImageCache } from "../docker/image-cache.ts";
import { type EngineImage, readImage } from "../image/engine-image.ts";
import { extractLayers } from "../image/extract-layers.ts";
import { writeLayer } from "../image/layer-file.ts";
import { loadImages } from "../image/load-images.ts";
import { type AppBundle, appEntries } from "../platform/app-bundle.ts";
import type { RuntimeLayer } from "../platform/runtime-layer.ts";
import { makeTar } from "../tar/make-tar.ts";
import { planStudent } from "./plan-student.ts";

export interface PrepareGroundOptions {
  readonly engine: Engine;
  readonly cache: ImageCache;
  readonly base: { readonly id: string; readonly name: string };
  readonly runtime: RuntimeLayer;
  readonly app: AppBundle;
  readonly student: ImagePlan["student"];
  readonly stateId: string;
  /** Where layers are written before the engine takes them. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** What is made of the same base changes with this code: then a ground that is kept is another one. */
const groundVersion = 5;

/** The same, for what outlives our releases. */
const runtimeVersion = 2;

/** What a workshop's first step stands on: base, platform layer and student. */
export interface Ground {
  readonly digest: string;
  readonly image: EngineImage;
  readonly student: CommandIdentity;
  /** What the base brings. */
  readonly facts: BaseFacts;
  readonly isCached: boolean;
}

/**
 * Puts the platform layer and the student on a base. No program of the base's is started, and every layer
 * is written here, so the same base gives the same image. Throws `AppError` `base-without-shell`.
 */
export const prepareGround = async (options: PrepareGroundOptions): Promise<Ground> => {
  const { engine, cache, base, runtime, app } = options;
  const digest = digestOf("ground", groundVersion, base.id, runtime.digest, app.digest, options.student);
  if (!(await cache.find(digest))) await cache.lookAtAll();
  const cached = await cache.find(digest);
  const kept = cached?.labels[labels.student];
  const facts = cached?.labels[labels.baseFacts];
  if (cached && kept && facts)
    return {
      digest,
      image: await readImage(engine, cached.id),
      student: JSON.parse(kept) as CommandIdentity,
      facts: baseFactsSchema.parse(JSON.parse(facts)),
      isCached: true,
    };
  const { student, files, facts: brought } = await planStudent(options);
  const below = await withRuntime(options);
  const [image] = await loadImages(
    engine,
    [
      {
        parent: below,
        layers: [
          await writeLayer(makeTar(await appEntries(app)), options.scratch),
          await writeLayer(makeTar(files), options.scratch),
        ],
        config: {
          ...below.config,
          User: "0:0",
          Labels: {
            ...below.config.Labels,
            [labels.layerDigest]: digest,
            [labels.student]: JSON.stringify(student),
            [labels.baseFacts]: JSON.stringify(brought),
          },
        },
        comment: "server and student",
      },
    ],
    options.signal,
  );
  if (image === undefined) throw new Error("one request makes one image");
  cache.remember(digest, { id: image.id, labels: image.config.Labels ?? {}, tags: [] });
  return { digest, image, student, facts: brought, isCached: false };
};

/** The base with the heavy half of the platform layer, an image of its own: it outlives our releases. */
const withRuntime = async (options: PrepareGroundOptions): Promise<EngineImage> => {
  const { engine, cache, base, runtime, signal } = options;
  const digest = digestOf("runtime", runtimeVersion, base.id, runtime.digest);
  const cached = await cache.find(digest);
  if (cached) return readImage(engine, cached.id);
  const parent = await readImage(engine, base.id);
  const { layers: wanted } = await readImage(engine, runtime.image);
  const [image] = await loadImages(
    engine,
    [
      {
        parent,
        layers: await extractLayers(await engine.saveImages([runtime.image], signal), {
          wanted,
          folder: options.scratch,
        }),
        config: { ...parent.config, Labels: { ...parent.config.Labels, [labels.layerDigest]: digest } },
        comment: "platform",
      },
    ],
    signal,
  );
  if (image === undefined) throw new Error("one request makes one image");
  cache.remember(digest, { id: image.id, labels: {}, tags: [] });
  return image;
};

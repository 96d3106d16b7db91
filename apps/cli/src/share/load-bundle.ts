import { createReadStream, existsSync, statSync } from "node:fs";
import { requireClassicStore } from "@atelier/backend-docker";
import { openBundle, platformOf } from "@atelier/build";
import { acceptedPlatformContracts, AppError, type BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
import { serviceImageIds, tagsOfStep } from "./images-of-record.ts";
import { platformsOf } from "./push-record.ts";

/**
 * Brings a bundle's images into the engine and answers its record. Nothing is asked of any registry.
 * Throws `AppError`: `not-a-bundle`, `bundle-damaged`, `platform-unsupported`, `platform-contract`.
 */
export const loadBundle = async (context: Context, target: string): Promise<BuildRecord> => {
  const { reporter } = context;
  const file = context.path(target);
  if (!existsSync(file) || statSync(file).isDirectory())
    throw new AppError("not-a-bundle", `--offline wants the file of a bundle; ${target} is none.`, {
      hint: "Make one where there is a network: atelier bundle <folder>",
    });
  reporter.progress("Reading the bundle whole, to be sure of it");
  const { bundle } = await openBundle(file, context.signal);
  reporter.progressDone();
  if (!acceptedPlatformContracts.includes(bundle.record.platformContract))
    throw new AppError(
      "platform-contract",
      `${target} was made by Atelier ${bundle.atelier}, whose images speak platform contract ${bundle.record.platformContract}; this one speaks ${acceptedPlatformContracts.join(", ")}.`,
      { hint: "Install the same version of Atelier here, or make the bundle anew." },
    );
  const engine = await context.engine();
  const info = await engine.info();
  requireClassicStore(info);
  const own = platformOf(info.Architecture);
  const record = withFirst(bundle.record, own);
  const ids = [
    ...record.steps.flatMap(({ images }) => images.map(({ configDigest }) => configDigest)),
    ...record.services.flatMap(serviceImageIds),
  ];
  const here = await Promise.all(ids.map((id) => engine.inspectImage(id)));
  if (here.every((image) => image !== undefined)) return record;
  if (own !== undefined && !platformsOf(record).includes(own))
    reporter.warn(
      `${reporter.paint.yellow("!")} The bundle is for ${platformsOf(record).join(", ")} and this engine is ${own}: without an emulator it does not run here.`,
    );
  reporter.progress("Loading the images into the engine");
  await engine.loadImage(createReadStream(file), context.signal);
  // The file gives each name once, to the images of the machine that it was made on.
  for (const step of record.steps)
    for (const tag of tagsOfStep(record, step))
      await engine.tagImage(step.images[0]?.configDigest ?? "", record.image, tag);
  reporter.progressDone();
  return record;
};

/** A record whose steps have a platform's image first: the first one is what runs here, also as a service. */
export const withFirst = (record: BuildRecord, platform: string | undefined): BuildRecord => {
  const steps = record.steps.map((step) => ({
    ...step,
    images: step.images.toSorted((a, b) => Number(b.platform === platform) - Number(a.platform === platform)),
  }));
  const start = steps[0]?.images[0]?.configDigest;
  return {
    ...record,
    steps,
    services: record.services.map((service) => {
      const own = service.images?.find((image) => image.platform === platform)?.imageId;
      const imageId = service.source.kind === "workshop" ? start : own;
      return imageId === undefined ? service : { ...service, imageId };
    }),
  };
};

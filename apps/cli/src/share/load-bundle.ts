import { createReadStream, existsSync, statSync } from "node:fs";
import { openBundle, platformOf } from "@atelier/build";
import { acceptedPlatformContracts, AppError, type BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
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
  const { record } = bundle;
  if (!acceptedPlatformContracts.includes(record.platformContract))
    throw new AppError(
      "platform-contract",
      `${target} was made by Atelier ${bundle.atelier}, whose images speak platform contract ${record.platformContract}; this one speaks ${acceptedPlatformContracts.join(", ")}.`,
      { hint: "Install the same version of Atelier here, or make the bundle anew." },
    );
  const engine = await context.engine();
  const { Architecture } = await engine.info();
  const own = platformOf(Architecture);
  const platforms = platformsOf(record);
  if (own !== undefined && !platforms.includes(own))
    reporter.warn(
      `${reporter.paint.yellow("!")} The bundle is for ${platforms.join(", ")} and this engine is ${own}: what runs, runs emulated and slowly.`,
    );
  const ids = record.steps.flatMap(({ images }) => images.map(({ configDigest }) => configDigest));
  const here = await Promise.all(ids.map((id) => engine.inspectImage(id)));
  if (here.every((image) => image !== undefined)) return record;
  reporter.progress("Loading the images into the engine");
  await engine.loadImage(createReadStream(file), context.signal);
  reporter.progressDone();
  return record;
};

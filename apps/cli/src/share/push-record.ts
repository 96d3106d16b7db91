import { serviceLabel } from "@atelier/backend-docker";
import { type BlobStore, type ImageRepository, type PushEvent, textOfRepository } from "@atelier/build";
import type { BuildRecord } from "@atelier/domain";
import type { Context } from "../context.ts";
import { serviceImageIds, serviceTag, tagsOfStep } from "./images-of-record.ts";

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

export interface Pushed {
  readonly record: BuildRecord;
  /** Bytes that were sent, and bytes that the registry had. */
  readonly sent: number;
  readonly there: number;
}

/**
 * Sends every step's image of a record from a store, and those of its services, and notes in the record where
 * they lie now. What the registry has already is not sent again.
 */
export const pushRecord = async (
  context: Context,
  store: BlobStore,
  { record, repository }: { readonly record: BuildRecord; readonly repository: ImageRepository },
): Promise<Pushed> => {
  const { openRegistry, pushImages, readCredentials, readManifest } = await import("@atelier/build");
  const credentials = await readCredentials(repository.registry, context.env);
  using registry = openRegistry(repository, { credentials, env: context.env, signal: context.signal });
  const byConfig = new Map<string, BlobStore["index"]["manifests"][number]>();
  for (const descriptor of store.index.manifests)
    byConfig.set((await readManifest(store, descriptor.digest)).config.digest, descriptor);
  const { reporter } = context;
  let [sent, there] = [0, 0];
  const onEvent = (event: PushEvent): void => {
    if (event.kind === "image") {
      reporter.info(`${reporter.paint.green("✓")} ${textOfRepository(repository)}:${event.tags[0]}`);
      return;
    }
    if (event.isThere) there += event.bytes;
    else sent += event.bytes;
    reporter.progress(`Pushing: ${mebibytes(sent)} sent, ${mebibytes(there)} there already`);
  };
  const images = record.steps.map((step) => ({
    title: `step "${step.step}"`,
    tags: tagsOfStep(record, step),
    manifests: step.images.flatMap(({ configDigest }) => byConfig.get(configDigest) ?? []),
  }));
  const services = record.services.flatMap((service) => {
    const manifests = serviceImageIds(service).flatMap((id) => byConfig.get(id) ?? []);
    const { name } = service;
    return manifests.length > 0
      ? [{ title: `service "${name}"`, tags: [serviceTag(record.version, name)], manifests }]
      : [];
  });
  tellNarrowing(context, record, await registry.platformsOf(`${record.version}-start`));
  await pushImages(store, registry, { images: [...images, ...services], onEvent });
  reporter.progressDone();
  const name = textOfRepository(repository);
  return {
    sent,
    there,
    record: {
      ...record,
      steps: record.steps.map((step) => ({
        ...step,
        images: step.images.map((image) => ({
          ...image,
          pushed: [
            ...image.pushed.filter(({ repository: other }) => other !== name),
            { repository: name, manifestDigest: byConfig.get(image.configDigest)?.digest ?? "" },
          ],
        })),
      })),
    },
  };
};

/** Platforms of a record, each once. */
export const platformsOf = (record: BuildRecord): readonly string[] => [
  ...new Set(record.steps.flatMap(({ images }) => images.map(({ platform }) => platform))),
];

/** Everything that was built of each workshop: one for a foreign machine takes none away that runs here. */
export const platformsByWorkshop = (
  records: readonly { readonly record: BuildRecord }[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const all = new Map<string, Set<string>>();
  for (const { record } of records)
    all.set(record.workshop, (all.get(record.workshop) ?? new Set()).union(new Set(platformsOf(record))));
  return all;
};

/** Says for which machines it is, and that others get nothing when there is only one kind. */
export const tellPlatforms = ({ reporter }: Context, record: BuildRecord): void => {
  const platforms = platformsOf(record);
  reporter.info(`For ${platforms.join(" and ")}.`);
  if (platforms.length === 1)
    reporter.warn(
      `${reporter.paint.yellow("!")} Only for ${platforms[0]}: on machines of another architecture it runs emulated or not at all.`,
    );
};

/** Says when a push takes a version away from machines that have had it: its tags lead to what was pushed last. */
export const tellNarrowing = ({ reporter }: Context, record: BuildRecord, there: readonly string[]): void => {
  const own = platformsOf(record);
  const lost = there.filter((platform) => !own.includes(platform));
  if (lost.length > 0)
    reporter.warn(
      `${reporter.paint.yellow("!")} Version ${record.version} was there for ${lost.join(", ")}, too; its tags lead to ${own.join(" and ")} alone from now on. For all of them: --platform ${[...own, ...lost].join(",")}`,
    );
};

/** Says which services' images are missing on machines that the steps are for. */
export const tellServices = ({ reporter }: Context, record: BuildRecord, { manifests }: BlobStore["index"]): void => {
  for (const { name, source } of record.services) {
    const own = manifests.filter(({ annotations }) => annotations?.[serviceLabel] === name);
    const has = own.flatMap(({ platform }) => (platform ? `${platform.os}/${platform.architecture}` : []));
    const lacks = platformsOf(record).filter((platform) => !has.includes(platform));
    if (source.kind !== "workshop" && has.length > 0 && lacks.length > 0)
      reporter.warn(
        `${reporter.paint.yellow("!")} The service "${name}" is only for ${has.join(", ")}: on ${lacks.join(", ")} it runs emulated or not at all.`,
      );
  }
};

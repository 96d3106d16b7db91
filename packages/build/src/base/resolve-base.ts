import type { Engine, ImageInspect, RegistryAuth } from "@atelier/backend-docker";
import { AppError, isAppError } from "@atelier/domain";
import { debianSuiteOf } from "./debian-reference.ts";
import type { BuildMemory } from "../memory/build-memory.ts";
import { digestOf } from "../docker/image-cache.ts";
import { wantsLogin } from "../registry/credentials.ts";
import { nameOf, registryOf } from "../registry/image-repository.ts";
import { makeDebianBase } from "./make-debian-base.ts";

export interface ResolveBaseOptions {
  readonly engine: Pick<Engine, "inspectImage" | "pullImage" | "tagImage" | "importImage" | "removeImage">;
  /** `linux/amd64` or `linux/arm64`. */
  readonly platform: string;
  /** What the engine runs on. */
  readonly native: string;
  readonly memory: Pick<BuildMemory, "refusedAt" | "noteRefusal" | "imageOf" | "noteImage">;
  /** Who asks a registry, by its host. */
  readonly loginFor: (registry: string) => Promise<RegistryAuth | undefined>;
  /** In ms since 1970. */
  readonly now: () => number;
  readonly onNotice: (message: string) => void;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

export type ResolvedBase = ImageInspect & {
  /** It stands in for the reference and goes by another name. */
  readonly isMade: boolean;
};

const madeRepository = "atelier-base/debian";

/** How long a Debian made here stands in before its registry is asked again, in ms: who has none waits for nothing. */
const refusalHolds = 60 * 60 * 1000;

/**
 * The image behind a reference: the local one, else pulled, else, for Debian on a machine without a
 * registry, made with debootstrap and said so. A local image of another architecture is passed over. One that is
 * pulled for another platform than the engine's own leaves the tag with the engine's own, and is found again by its id.
 * Throws `AppError` `base-not-available`.
 */
export const resolveBase = async (reference: string, options: ResolveBaseOptions): Promise<ResolvedBase> => {
  const { engine, platform, native, memory, now, onNotice, onLine, signal } = options;
  const inspect = async (name: string): Promise<ImageInspect | undefined> => {
    const image = await engine.inspectImage(name);
    return image && platformOfImage(image) === platform ? image : undefined;
  };
  const tagged = await engine.inspectImage(reference);
  const name = nameOf(reference);
  // A tag moves, and both platforms' images with it; what a digest names stays.
  const keyOf = (wanted: string, holder: string | undefined): string =>
    digestOf("base", reference, wanted, name && holder);
  const key = keyOf(platform, tagged?.Id);
  const noted = (image: ImageInspect): ResolvedBase => {
    if (name === undefined || platform !== native) memory.noteImage(key, image.Id);
    return { ...image, isMade: false };
  };
  if (tagged && platformOfImage(tagged) === platform) return noted(tagged);
  const known = memory.imageOf(key);
  const remembered = known === undefined ? undefined : await inspect(known);
  if (remembered) return noted(remembered);
  const suite = debianSuiteOf(reference);
  const standIn = async (): Promise<ResolvedBase | undefined> => {
    const existing = suite && (await inspect(`${madeRepository}:${suite}`));
    return existing ? { ...existing, isMade: true } : undefined;
  };
  const refusedAt = memory.refusedAt(reference);
  if (refusedAt !== undefined && Math.abs(now() - refusedAt) < refusalHolds) {
    const existing = await standIn();
    if (existing) return existing;
  }
  const registry = registryOf(reference);
  const auth = await options.loginFor(registry);
  const failure = await engine
    .pullImage(reference, { platform, ...(auth ? { auth } : {}), onStatus: onLine, signal })
    .then(
      () => undefined,
      (error: unknown) => {
        if (!isAppError(error) || error.code === "docker-unreachable") throw error;
        return error;
      },
    );
  if (failure === undefined) {
    const pulled = await inspect(reference);
    if (name && tagged && platform !== native && platformOfImage(tagged) === native)
      await engine.tagImage(tagged.Id, name.repository, name.tag);
    else if (tagged && pulled) memory.noteImage(keyOf(platformOfImage(tagged), pulled.Id), tagged.Id);
    return noted(found(pulled, { reference, platform }));
  }
  if (suite === undefined) {
    const lack = tagged
      ? `is here for ${platformOfImage(tagged)} only, ${platform} is wanted, and it`
      : "is not here and";
    throw new AppError("base-not-available", `The image ${reference} ${lack} could not be pulled: ${failure.message}`, {
      hint: wantsLogin(failure.message)
        ? `Check the name, and log in with an account that may pull it: docker login ${registry}`
        : "Check the name and the network; on a machine without a registry load it with `docker load`, or use `debian:12`, which Atelier can make by itself.",
      cause: failure,
    });
  }
  memory.noteRefusal(reference, now());
  const existing = await standIn();
  if (existing) return existing;
  onNotice(`No registry answers for ${reference}; making Debian ${suite} with debootstrap instead (once, about 45 s).`);
  await makeDebianBase({ engine, suite, platform, repository: madeRepository, tag: suite, onLine, signal });
  return { ...found(await inspect(`${madeRepository}:${suite}`), { reference, platform }), isMade: true };
};

const platformOfImage = ({ Os, Architecture }: ImageInspect): string => `${Os}/${Architecture}`;

const found = (
  image: ImageInspect | undefined,
  { reference, platform }: { readonly reference: string; readonly platform: string },
): ImageInspect => {
  if (image === undefined)
    throw new AppError("base-not-available", `There is no image ${reference} for ${platform}.`, {
      hint: "Choose a base that is published for this architecture.",
    });
  return image;
};

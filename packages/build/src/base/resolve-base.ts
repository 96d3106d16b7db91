import type { Engine, ImageInspect } from "@atelier/backend-docker";
import { AppError, isAppError } from "@atelier/domain";
import { debianSuiteOf } from "./debian-reference.ts";
import { makeDebianBase } from "./make-debian-base.ts";

export interface ResolveBaseOptions {
  readonly engine: Engine;
  /** `linux/amd64` or `linux/arm64`. */
  readonly platform: string;
  readonly onNotice: (message: string) => void;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * The image behind a reference: the local one, else pulled, else, for Debian on a machine without a
 * registry, made with debootstrap and said so. Throws `AppError` `base-not-available`.
 */
export const resolveBase = async (reference: string, options: ResolveBaseOptions): Promise<ImageInspect> => {
  const { engine, platform, onNotice, onLine, signal } = options;
  const local = await engine.inspectImage(reference);
  if (local) return local;
  const pullFailure = await engine.pullImage(reference, { platform, onStatus: onLine, signal }).then(
    () => undefined,
    (error: unknown) => {
      if (!isAppError(error)) throw error;
      return error;
    },
  );
  if (pullFailure === undefined) return found(await engine.inspectImage(reference), reference);
  const suite = debianSuiteOf(reference);
  if (suite === undefined)
    throw new AppError(
      "base-not-available",
      `The image ${reference} is not here and could not be pulled: ${pullFailure.message}`,
      {
        hint: "Check the name and the network; on a machine without a registry load it with `docker load`, or use `debian:12`, which Atelier can make by itself.",
        cause: pullFailure,
      },
    );
  const made = { repository: "atelier-base/debian", tag: suite };
  const existing = await engine.inspectImage(`${made.repository}:${made.tag}`);
  if (existing) return existing;
  onNotice(`No registry answers for ${reference}; making Debian ${suite} with debootstrap instead (once, about 45 s).`);
  await makeDebianBase({ engine, suite, ...made, onLine, signal });
  return found(await engine.inspectImage(`${made.repository}:${made.tag}`), reference);
};

const found = (image: ImageInspect | undefined, reference: string): ImageInspect => {
  if (image === undefined)
    throw new AppError("base-not-available", `The image ${reference} vanished right after it was made.`);
  return image;
};

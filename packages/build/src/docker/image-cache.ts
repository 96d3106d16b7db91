import { createHash } from "node:crypto";
import type { Engine } from "@atelier/backend-docker";
import { labels } from "@atelier/domain";
import type { BuildMemory } from "../memory/build-memory.ts";

export interface CachedImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

/** Images by content: the engine's own, found again by a label. */
export interface ImageCache {
  find(digest: string): Promise<CachedImage | undefined>;
  remember(digest: string, image: CachedImage): void;
  /** Ids that were remembered, in order. */
  made(): readonly string[];
  /** What is to be made again is found no more. */
  forget(digest: string): void;
  /** Has everything found that the engine holds, whoever made it: for what takes long to make. */
  lookAtAll(): Promise<void>;
}

/** The key of an image: over what it stands on and everything that goes into it. */
export const digestOf = (...inputs: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(inputs)).digest("hex");

export interface ImageCacheOptions {
  readonly engine: Pick<Engine, "listImages" | "inspectImage">;
  readonly memory: Pick<BuildMemory, "imageOf" | "noteImage" | "listing" | "noteListing">;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** A list that took longer is not asked for again so soon: it grows with everything that the engine holds. */
const slowMs = 40;
const listingHolds = 24 * 60 * 60 * 1000;

/**
 * The engine's images. One that holds few lists them all at once. Where that was slow, each is looked up by the id
 * under which it is remembered, and all are listed only before something is made that takes long
 * ({@link ImageCache.lookAtAll}). Of two with the same key (a step that somebody had run again) the newer one counts.
 */
export const openImageCache = async ({ engine, memory, now }: ImageCacheOptions): Promise<ImageCache> => {
  const known = new Map<string, CachedImage>();
  const missed = new Set<string>();
  const forgotten = new Set<string>();
  const made: string[] = [];
  let listing: Promise<void> | undefined;
  const list = async (): Promise<void> => {
    const begun = now();
    const images = await engine.listImages([labels.layerDigest]);
    const ms = now() - begun;
    const isSlow = ms > slowMs;
    if (isSlow || memory.listing()) memory.noteListing({ ms, at: now() });
    const ours = new Set(made);
    for (const image of images.toSorted((a, b) => a.Created - b.Created)) {
      const digest = image.Labels[labels.layerDigest] ?? "";
      if (isSlow) memory.noteImage(digest, image.Id);
      if (forgotten.has(digest) || ours.has(known.get(digest)?.id ?? "")) continue;
      known.set(digest, { id: image.Id, labels: image.Labels, tags: image.RepoTags });
    }
  };
  const lookUp = async (digest: string): Promise<CachedImage | undefined> => {
    const id = memory.imageOf(digest);
    const image = id === undefined ? undefined : await engine.inspectImage(id);
    const own = image?.Config?.Labels ?? {};
    return image && own[labels.layerDigest] === digest
      ? { id: image.Id, labels: own, tags: image.RepoTags }
      : undefined;
  };
  const last = memory.listing();
  const isSlow = last !== undefined && last.ms > slowMs && Math.abs(now() - last.at) < listingHolds;
  if (!isSlow) await (listing = list());
  return {
    made: () => made,
    lookAtAll: () => (listing ??= list()),
    find: async (digest) => {
      const there = known.get(digest);
      // What is in use is what is kept: of a long list the memory forgets the oldest, and bases are that.
      if (there) memory.noteImage(digest, there.id);
      if (there || listing || missed.has(digest) || forgotten.has(digest)) return there;
      const image = await lookUp(digest);
      if (image) known.set(digest, image);
      else missed.add(digest);
      return image;
    },
    remember: (digest, image) => {
      known.set(digest, image);
      made.push(image.id);
      memory.noteImage(digest, image.id);
    },
    forget: (digest) => {
      forgotten.add(digest);
      known.delete(digest);
    },
  };
};

/** A cache that knows only what is made from now on. */
export const emptyImageCache = (): ImageCache => {
  const known = new Map<string, CachedImage>();
  const made: string[] = [];
  return {
    made: () => made,
    lookAtAll: async () => undefined,
    find: async (digest) => known.get(digest),
    remember: (digest, image) => {
      known.set(digest, image);
      made.push(image.id);
    },
    forget: (digest) => void known.delete(digest),
  };
};

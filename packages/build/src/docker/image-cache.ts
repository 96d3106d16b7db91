import { createHash } from "node:crypto";
import type { Engine } from "@atelier/backend-docker";
import { labels } from "@atelier/domain";

export interface CachedImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

/** Images by content: the engine's own, found again by a label. */
export interface ImageCache {
  find(digest: string): CachedImage | undefined;
  remember(digest: string, image: CachedImage): void;
  /** Ids that were remembered, in order. */
  made(): readonly string[];
  /** What is to be made again is found no more. */
  forget(digest: string): void;
}

/** The key of an image: over what it stands on and everything that goes into it. */
export const digestOf = (...inputs: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(inputs)).digest("hex");

/**
 * Lists the engine's images once; what is made meanwhile is remembered. Of two with the same key (a step
 * that somebody had run again) the newer one counts.
 */
export const openImageCache = async (engine: Pick<Engine, "listImages">): Promise<ImageCache> => {
  const known = new Map<string, CachedImage>();
  const images = await engine.listImages([labels.layerDigest]);
  for (const image of images.toSorted((a, b) => a.Created - b.Created))
    known.set(image.Labels[labels.layerDigest] ?? "", { id: image.Id, labels: image.Labels, tags: image.RepoTags });
  const made: string[] = [];
  return {
    made: () => made,
    find: (digest) => known.get(digest),
    remember: (digest, image) => {
      known.set(digest, image);
      made.push(image.id);
    },
    forget: (digest) => void known.delete(digest),
  };
};

/** A cache that knows only what is made from now on. */
export const emptyImageCache = (): Promise<ImageCache> => openImageCache({ listImages: async () => [] });

import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { PathHeader } from "../chain/folders-around.ts";

const headerSchema = z.object({
  type: z.string().nullable(),
  mode: z.number(),
  uid: z.number(),
  gid: z.number(),
  linkname: z.string().nullable(),
});

const imageSchema = z.object({
  /** Layer diff ids, bottom first. */
  layers: z.array(z.string()).optional(),
  /** Headers by path; null where the image has nothing. */
  headers: z.record(z.string(), headerSchema.nullable()).optional(),
});

const memorySchema = z.object({
  v: z.literal(1),
  images: z.record(z.string(), imageSchema),
  /** When a registry was last asked for a reference in vain, in ms since 1970. */
  refusals: z.record(z.string(), z.number()),
  /** How long the engine took to list its images, and when. */
  listing: z.object({ ms: z.number(), at: z.number() }).optional(),
  /** Ids of images by the keys of what they were made of. */
  made: z.record(z.string(), z.string()).optional(),
});

type Known = z.infer<typeof imageSchema>;

/** Images whose facts are kept; those that were not asked for longest go first. */
const mostImages = 400;
const mostMade = 1000;

/**
 * What a build learned that the next one need not ask again. An image's id is a digest, so what was once read
 * of it stays true; whether the image is still there is for its caller to know.
 */
export interface BuildMemory {
  /** Layer diff ids of an image, bottom first. */
  layersOf(image: string, read: () => Promise<readonly string[]>): Promise<readonly string[]>;
  /** Header of a path in an image; undefined when there is nothing. */
  headerIn(image: string, path: string, read: () => Promise<PathHeader | undefined>): Promise<PathHeader | undefined>;
  /** When a registry was last asked for a reference in vain, in ms since 1970. */
  refusedAt(reference: string): number | undefined;
  noteRefusal(reference: string, at: number): void;
  /** Id of the image that was made of what a key stands for. */
  imageOf(key: string): string | undefined;
  noteImage(key: string, id: string): void;
  /** When the engine last listed its images, in ms since 1970, and how long it took. */
  listing(): { readonly ms: number; readonly at: number } | undefined;
  noteListing(listing: { readonly ms: number; readonly at: number }): void;
  /** Keeps it for the next build. Two builds at once keep what the later one knows. */
  save(): Promise<void>;
}

/** Opens what an earlier build kept in a folder; a file that cannot be read is as good as none. */
export const openBuildMemory = async (folder: string): Promise<BuildMemory> => {
  const file = join(folder, "build-memory.json");
  const kept = await readKept(file);
  const images = new Map<string, Known>(Object.entries(kept.images));
  const { refusals } = kept;
  let { listing } = kept;
  const made = new Map(Object.entries(kept.made ?? {}));
  let isNew = false;
  const known = (image: string): Known => {
    const entry = images.get(image) ?? {};
    // Last again: the order is that of use.
    images.delete(image);
    images.set(image, entry);
    return entry;
  };
  return {
    layersOf: async (image, read) => {
      const entry = known(image);
      if (entry.layers) return entry.layers;
      entry.layers = [...(await read())];
      isNew = true;
      return entry.layers;
    },
    headerIn: async (image, path, read) => {
      const entry = known(image);
      const headers = (entry.headers ??= {});
      const there = headers[path];
      if (there !== undefined) return there ?? undefined;
      const header = await read();
      isNew = true;
      if (header === undefined) {
        headers[path] = null;
        return undefined;
      }
      const { type = null, mode = 0o755, uid = 0, gid = 0, linkname = null } = header;
      headers[path] = { type, mode, uid, gid, linkname };
      return header;
    },
    refusedAt: (reference) => refusals[reference],
    noteRefusal: (reference, at) => {
      refusals[reference] = at;
      isNew = true;
    },
    imageOf: (key) => made.get(key),
    noteImage: (key, id) => {
      isNew ||= made.get(key) !== id;
      made.delete(key);
      made.set(key, id);
    },
    listing: () => listing,
    noteListing: (noted) => {
      listing = { ...noted };
      isNew = true;
    },
    save: async () => {
      if (!isNew) return;
      await mkdir(folder, { recursive: true });
      const draft = `${file}.${process.pid}`;
      const newest = [...images].slice(-mostImages);
      const kept: z.infer<typeof memorySchema> = {
        v: 1,
        images: Object.fromEntries(newest),
        refusals,
        ...(listing ? { listing } : {}),
        made: Object.fromEntries([...made].slice(-mostMade)),
      };
      await writeFile(draft, JSON.stringify(kept));
      await rename(draft, file);
    },
  };
};

const readKept = async (file: string): Promise<z.infer<typeof memorySchema>> => {
  try {
    return memorySchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return { v: 1, images: {}, refusals: {} };
  }
};

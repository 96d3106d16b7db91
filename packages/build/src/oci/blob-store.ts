import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import { type Index, indexSchema, type Manifest, manifestSchema } from "./oci-documents.ts";

/** Blobs by digest, wherever they lie: a layout's folder or one file that holds them all. */
export interface BlobStore {
  readonly index: Index;
  /** Bytes of a blob; undefined when it is not there. */
  size(digest: string): number | undefined;
  open(digest: string): Readable;
}

/** Opens an OCI layout folder (image-spec, `image-layout.md`). Throws `AppError` `not-a-layout`. */
export const openLayout = async (folder: string): Promise<BlobStore> => {
  const notOne = (cause: unknown): AppError =>
    new AppError("not-a-layout", `${folder} is no OCI layout that can be read: ${(cause as Error).message}`, {
      hint: "Make one with `atelier build --output <folder>`.",
      cause,
    });
  try {
    const index = indexSchema.parse(JSON.parse(await readFile(join(folder, "index.json"), "utf8")));
    const store = { index, sizes: new Map<string, number>() };
    for (const manifest of index.manifests) {
      await measure(folder, manifest.digest, store.sizes);
      for (const blob of blobsOf(
        manifestSchema.parse(JSON.parse(await readFile(blobPath(folder, manifest.digest), "utf8"))),
      ))
        await measure(folder, blob.digest, store.sizes);
    }
    return {
      index,
      size: (digest) => store.sizes.get(digest),
      open: (digest) => createReadStream(blobPath(folder, digest)),
    };
  } catch (cause) {
    throw notOne(cause);
  }
};

export const blobPath = (folder: string, digest: string): string => join(folder, "blobs", digest.replace(":", "/"));

const measure = async (folder: string, digest: string, sizes: Map<string, number>): Promise<void> => {
  sizes.set(digest, (await stat(blobPath(folder, digest))).size);
};

/** Configuration and layers of a manifest. */
export const blobsOf = (manifest: Manifest): Manifest["layers"] => [manifest.config, ...manifest.layers];

/** The bytes of a small blob: a manifest or a configuration. */
export const readBlob = async (store: BlobStore, digest: string): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of store.open(digest)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

export const readManifest = async (store: BlobStore, digest: string): Promise<Manifest> =>
  manifestSchema.parse(JSON.parse((await readBlob(store, digest)).toString("utf8")));

export const sha256Digest = (bytes: string | Uint8Array): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

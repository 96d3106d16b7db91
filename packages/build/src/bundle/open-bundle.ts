import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import { blobPath, type BlobStore, sha256Digest } from "../oci/blob-store.ts";
import { indexSchema } from "../oci/oci-documents.ts";
import { type Bundle, bundleDocument, bundleSchema, digestOfRecord } from "./bundle-document.ts";

/** A bundle's file, opened: every blob in it is what its digest says. */
export interface OpenedBundle extends BlobStore {
  readonly bundle: Bundle;
}

interface Place {
  readonly offset: number;
  readonly size: number;
}

/**
 * Opens a bundle and reads it whole once, so that nothing of a damaged one is used. Throws `AppError`
 * `not-a-bundle`, or `bundle-damaged` with everything that is wrong.
 */
export const openBundle = async (file: string, signal?: AbortSignal): Promise<OpenedBundle> => {
  const handle = await open(file).catch((cause: unknown) => {
    throw new AppError("not-a-bundle", `${file} cannot be opened: ${(cause as Error).message}`, { cause });
  });
  let places: ReadonlyMap<string, Place>;
  let documents: Documents;
  try {
    places = await placesIn(handle).catch((cause: unknown) => {
      throw notOne(file, (cause as Error).message, cause);
    });
    documents = await readDocuments(handle, places, file);
  } finally {
    await handle.close();
  }
  const { bundle, raw, index, manifest } = documents;
  const faults: string[] = [];
  if (sha256Digest(index) !== bundle.index) faults.push("index.json is not the one that was written");
  if (bundle.manifest !== undefined && sha256Digest(manifest) !== bundle.manifest)
    faults.push("manifest.json is not the one that was written");
  if (bundle.recordDigest !== undefined && digestOfRecord(raw.record) !== bundle.recordDigest)
    faults.push(`the build record in ${bundleDocument} was changed`);
  const known = new Map(bundle.blobs.map(({ digest, size }) => [digest, size]));
  const names = new Set([...ownFiles, ...bundle.blobs.map(({ digest }) => blobPath("", digest))]);
  for (const name of places.keys()) if (!names.has(name)) faults.push(`${visible(name)} was added`);
  for (const { digest, size } of bundle.blobs) {
    signal?.throwIfAborted();
    const place = places.get(blobPath("", digest));
    if (place === undefined) faults.push(`${digest} is missing`);
    else if (place.size !== size) faults.push(`${digest} has ${place.size} bytes, not ${size}`);
    else if ((await digestOf(file, place)) !== digest) faults.push(`${digest} (byte ${place.offset}) was changed`);
  }
  faults.push(...missingImages(bundle));
  if (faults.length > 0) throw damaged(file, faults);
  return {
    bundle,
    index: indexSchema.parse(JSON.parse(index.toString("utf8"))),
    size: (digest) => known.get(digest),
    open: (digest) => readPlace(file, places.get(blobPath("", digest)) as Place),
  };
};

const damaged = (file: string, faults: readonly string[]): AppError =>
  new AppError("bundle-damaged", `${file} is damaged; nothing of it was used:\n  ${faults.join("\n  ")}`, {
    hint: "Copy the file again from where it was made; `atelier bundle` writes a new one.",
  });

const notOne = (file: string, why: string, cause?: unknown): AppError =>
  new AppError("not-a-bundle", `${file} is no bundle of this version of Atelier: ${why}`, {
    hint: "Name a file that `atelier bundle` wrote.",
    cause,
  });

/** Steps and services whose images the blobs lack, in words. */
const missingImages = ({ record, blobs }: Bundle): readonly string[] => {
  const there = new Set(blobs.map(({ digest }) => digest));
  return [
    ...record.steps.flatMap(({ step, images }) =>
      images
        .filter(({ configDigest }) => !there.has(configDigest))
        .map(({ platform }) => `the image of step "${step}" for ${platform} is not in it`),
    ),
    ...record.services
      .filter(({ imageId, images = [] }) =>
        [imageId, ...images.map((image) => image.imageId)].some((id) => id !== undefined && !there.has(id)),
      )
      .map(({ name }) => `the image of service "${name}" is not in it`),
  ];
};

/** Files besides the blobs. */
const ownFiles = [bundleDocument, "index.json", "manifest.json", "oci-layout"];

/** A name out of a file that somebody else made. */
const visible = (name: string): string => JSON.stringify(name.slice(0, 80));

interface Documents {
  readonly bundle: Bundle;
  /** The same as it stands in the file. */
  readonly raw: { readonly record?: unknown };
  readonly index: Buffer;
  readonly manifest: Buffer;
}

const readDocuments = async (
  handle: FileHandle,
  places: ReadonlyMap<string, Place>,
  file: string,
): Promise<Documents> => {
  // It comes first: what begins otherwise was never a bundle, what ends before its documents do is one no more.
  if (places.keys().next().value !== bundleDocument) throw notOne(file, `it does not begin with ${bundleDocument}`);
  const { size } = await handle.stat();
  const read = async (name: string): Promise<Buffer> => {
    const place = places.get(name);
    if (place === undefined || place.offset + place.size > size)
      throw damaged(file, [`it ends after ${size} bytes, before ${name} does`]);
    return readAt(handle, place);
  };
  const document = await read(bundleDocument);
  try {
    const raw: unknown = JSON.parse(document.toString("utf8"));
    return {
      bundle: bundleSchema.parse(raw),
      // An object, since the schema took it.
      raw: raw as Documents["raw"],
      index: await read("index.json"),
      manifest: await read("manifest.json"),
    };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw notOne(file, (cause as Error).message, cause);
  }
};

/** Where each file of an uncompressed ustar archive lies; what follows a broken header is not looked at. */
const placesIn = async (handle: FileHandle): Promise<ReadonlyMap<string, Place>> => {
  const places = new Map<string, Place>();
  const header = Buffer.alloc(512);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(header, 0, 512, at);
    if (bytesRead < 512 || header[0] === 0 || header.toString("latin1", 257, 262) !== "ustar") return places;
    const name = header.toString("utf8", 0, 100).replace(/\0.*$/s, "");
    const size = sizeOf(header);
    if (!Number.isSafeInteger(size) || size < 0) return places;
    places.set(name, { offset: at + 512, size });
    at += 512 + Math.ceil(size / 512) * 512;
  }
};

/** Octal digits, or, from 8 GiB, 64 bits with the highest one set (GNU and star agree on it). */
const sizeOf = (header: Buffer): number =>
  (header[124] ?? 0) & 0x80
    ? Number(header.readBigUInt64BE(128))
    : Number.parseInt(header.toString("latin1", 124, 136).replace(/[\0 ]+$/, ""), 8);

const readAt = async (handle: FileHandle, { offset, size }: Place): Promise<Buffer> => {
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await handle.read(bytes, 0, size, offset);
  return bytes.subarray(0, bytesRead);
};

/** A stream's `end` counts itself in, and a file's end below its start is no range at all. */
const readPlace = (file: string, { offset, size }: Place): Readable =>
  size === 0 ? Readable.from([]) : createReadStream(file, { start: offset, end: offset + size - 1 });

const digestOf = async (file: string, place: Place): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of readPlace(file, place)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
};

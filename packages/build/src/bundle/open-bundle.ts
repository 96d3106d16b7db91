import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Readable } from "node:stream";
import { AppError } from "@atelier/domain";
import { blobPath, type BlobStore } from "../oci/blob-store.ts";
import { indexSchema } from "../oci/oci-documents.ts";
import { type Bundle, bundleDocument, bundleSchema } from "./bundle-document.ts";

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
  let documents: { bundle: Bundle; indexText: Buffer };
  try {
    places = await placesIn(handle);
    documents = await readDocuments(handle, places, file);
  } finally {
    await handle.close();
  }
  const { bundle, indexText } = documents;
  const faults = indexDigest(indexText) === bundle.index ? [] : ["index.json is not the one that was written"];
  for (const { digest, size } of bundle.blobs) {
    signal?.throwIfAborted();
    const place = places.get(blobPath("", digest));
    if (place === undefined) faults.push(`${digest} is missing`);
    else if (place.size !== size) faults.push(`${digest} has ${place.size} bytes, not ${size}`);
    else if ((await digestOf(file, place)) !== digest) faults.push(`${digest} (byte ${place.offset}) was changed`);
  }
  if (faults.length > 0)
    throw new AppError("bundle-damaged", `${file} is damaged; nothing of it was used:\n  ${faults.join("\n  ")}`, {
      hint: "Copy the file again from where it was made; `atelier bundle` writes a new one.",
    });
  const known = new Map(bundle.blobs.map(({ digest, size }) => [digest, size]));
  return {
    bundle,
    index: indexSchema.parse(JSON.parse(indexText.toString("utf8"))),
    size: (digest) => known.get(digest),
    open: (digest) => readPlace(file, places.get(blobPath("", digest)) as Place),
  };
};

const readDocuments = async (
  handle: FileHandle,
  places: ReadonlyMap<string, Place>,
  file: string,
): Promise<{ bundle: Bundle; indexText: Buffer }> => {
  const [document, index] = [places.get(bundleDocument), places.get("index.json")];
  try {
    if (document === undefined || index === undefined) throw new Error(`it holds no ${bundleDocument}`);
    return {
      bundle: bundleSchema.parse(JSON.parse((await readAt(handle, document)).toString("utf8"))),
      indexText: await readAt(handle, index),
    };
  } catch (cause) {
    throw new AppError("not-a-bundle", `${file} is no bundle of this version of Atelier: ${(cause as Error).message}`, {
      hint: "Name a file that `atelier bundle` wrote.",
      cause,
    });
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

const indexDigest = (text: Buffer): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const digestOf = async (file: string, place: Place): Promise<string> => {
  const hash = createHash("sha256");
  for await (const chunk of readPlace(file, place)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest("hex")}`;
};

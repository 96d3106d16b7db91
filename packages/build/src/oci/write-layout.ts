import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { AppError } from "@atelier/domain";
import { extract } from "tar-stream";
import { z } from "zod";
import { withRoom } from "../disk-full.ts";
import { removeDead } from "../drafts/process-drafts.ts";
import { blobPath, sha256Digest } from "./blob-store.ts";
import { type Descriptor, imageConfigSchema, type Index, imageName, mediaTypes, refName } from "./oci-documents.ts";

/** An image that a layout shall hold. */
export interface LayoutImage {
  /** Id in the engine, which is the digest of its configuration. */
  readonly id: string;
  /** Repository, such as `registry.test/team/linux`. */
  readonly repository: string;
  readonly tags: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Writes images that an engine saved (`docker save`: the format of 20.10 with `layer.tar` files and links
 * between them, and the layout with blobs of 25 and later) as an OCI layout into a folder. Layers are
 * compressed once, however many images share them, and always to the same bytes. An image without a tag
 * gets one descriptor without a name. Throws `AppError` `image-not-saved` when the stream lacks one,
 * `disk-full` when the folder's disk has no room.
 */
export const writeLayout = (
  saved: Readable,
  wanted: { readonly folder: string; readonly images: readonly LayoutImage[] },
): Promise<Index> =>
  withRoom(() => writeAll(saved, wanted), {
    doing: () => "The images cannot be written",
    place: wanted.folder,
    hint: "Make room there or name another folder, and run the command again; what was built is kept.",
  });

const writeAll = async (
  saved: Readable,
  { folder, images }: { readonly folder: string; readonly images: readonly LayoutImage[] },
): Promise<Index> => {
  await mkdir(join(folder, "blobs/sha256"), { recursive: true });
  await removeDead(folder, /^\.layer-(\d+)-/);
  const found = await readSaved(saved, folder);
  const manifests: Descriptor[] = [];
  for (const image of images) {
    const descriptor = await writeManifest(found, image.id, folder);
    const named = image.tags.map((tag) => ({
      ...descriptor,
      annotations: { ...image.annotations, [refName]: tag, [imageName]: `${image.repository}:${tag}` },
    }));
    manifests.push(
      ...(named.length > 0
        ? named
        : [{ ...descriptor, ...(image.annotations ? { annotations: { ...image.annotations } } : {}) }]),
    );
  }
  const index: Index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(folder, "index.json"), `${JSON.stringify(index, null, 2)}\n`);
  return index;
};

const savedManifestSchema = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) }));

interface Saved {
  /** Configurations by digest, as they were saved. */
  readonly images: ReadonlyMap<string, { readonly bytes: Buffer; readonly layers: readonly Descriptor[] }>;
}

const readSaved = async (saved: Readable, folder: string): Promise<Saved> => {
  const texts = new Map<string, Buffer>();
  const layers = new Map<string, Descriptor>();
  const links = new Map<string, string>();
  const archive = extract();
  const feeding = pipeline(saved, archive);
  // Whoever reads entry by entry learns of a broken stream there; this one is waited for at the end.
  feeding.catch(() => {});
  try {
    for await (const entry of archive) {
      const { name, type, linkname, size = 0 } = entry.header;
      if (type === "symlink" || type === "link") links.set(name, resolveLink(name, linkname ?? "", type));
      if (type !== "file") {
        entry.resume();
        continue;
      }
      const { head, rest } = await peek(entry);
      if (isDocument(head, size)) texts.set(name, await bytesOf(rest));
      else layers.set(name, await storeLayer(rest, isGzip(head), folder));
    }
    await feeding;
  } catch (cause) {
    throw new AppError("image-not-saved", `The engine's archive of the images broke off: ${(cause as Error).message}`, {
      hint: "Look at the disk (`atelier doctor`) and run the command again.",
      cause,
    });
  }
  const layerAt = (name: string): Descriptor | undefined => layers.get(name) ?? layers.get(links.get(name) ?? "");
  const listed = savedManifestSchema.parse(
    JSON.parse((texts.get("manifest.json") ?? Buffer.from("[]")).toString("utf8")),
  );
  return {
    images: new Map(
      listed.flatMap(({ Config, Layers }) => {
        const bytes = texts.get(Config);
        const own = Layers.map(layerAt);
        return bytes === undefined || own.some((layer) => layer === undefined)
          ? []
          : [[sha256Digest(bytes), { bytes, layers: own as Descriptor[] }]];
      }),
    ),
  };
};

/** Links of `docker save` lead from `<layer>/layer.tar` to `../<other layer>/layer.tar`. */
const resolveLink = (name: string, target: string, type: string): string =>
  type === "link" ? target : join(name, "..", target);

const peek = async (entry: AsyncIterable<unknown>): Promise<{ head: Buffer; rest: Readable }> => {
  const chunks: Buffer[] = [];
  let length = 0;
  const source = entry[Symbol.asyncIterator]();
  while (length < 512) {
    const { value, done } = await source.next();
    if (done) break;
    chunks.push(value as Buffer);
    length += (value as Buffer).length;
  }
  const rest = async function* (): AsyncGenerator<Buffer> {
    yield* chunks;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value as Buffer;
  };
  return { head: Buffer.concat(chunks), rest: Readable.from(rest(), { objectMode: false }) };
};

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Documents are JSON; a tar archive says "ustar" in its first header, and an empty one is zeros. */
const isDocument = (head: Buffer, size: number): boolean =>
  !isGzip(head) && head.subarray(257, 262).toString("latin1") !== "ustar" && !(size >= 1024 && head[0] === 0);

const bytesOf = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

let drafts = 0;

/** Stores a layer as a compressed blob. Node's gzip writes neither a time nor a name, so equal layers stay equal. */
const storeLayer = async (content: Readable, isCompressed: boolean, folder: string): Promise<Descriptor> => {
  const draft = join(folder, `.layer-${process.pid}-${++drafts}`);
  const hash = createHash("sha256");
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  try {
    if (isCompressed) await pipeline(content, count, createWriteStream(draft));
    else await pipeline(content, createGzip({ level: 6 }), count, createWriteStream(draft));
    const digest = `sha256:${hash.digest("hex")}`;
    await rename(draft, blobPath(folder, digest));
    return { mediaType: mediaTypes.layer, digest, size };
  } finally {
    await rm(draft, { force: true });
  }
};

const writeManifest = async (saved: Saved, id: string, folder: string): Promise<Descriptor> => {
  const image = saved.images.get(id);
  if (image === undefined)
    throw new AppError("image-not-saved", `The engine's archive does not hold the image ${id}.`, {
      hint: "Build the workshop again: atelier build <folder>",
    });
  const { os, architecture, variant } = imageConfigSchema.parse(JSON.parse(image.bytes.toString("utf8")));
  await writeFile(blobPath(folder, id), image.bytes);
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, digest: id, size: image.bytes.length },
    layers: image.layers,
  });
  const digest = sha256Digest(text);
  await writeFile(blobPath(folder, digest), text);
  return {
    mediaType: mediaTypes.manifest,
    digest,
    size: Buffer.byteLength(text),
    platform: { os, architecture, ...(variant ? { variant } : {}) },
  };
};

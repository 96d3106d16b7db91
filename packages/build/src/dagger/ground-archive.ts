import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { link, mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { Readable, pipeline as readThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress } from "node:zlib";
import type { Engine } from "@atelier/backend-docker";
import { pack } from "tar-stream";
import type { EngineImage } from "../image/engine-image.ts";
import { extractLayers } from "../image/extract-layers.ts";
import { type LayerFile, writeLayer } from "../image/layer-file.ts";
import { layerTime } from "../tar/make-tar.ts";

export interface GroundArchiveOptions {
  readonly engine: Pick<Engine, "saveImages">;
  readonly image: EngineImage;
  /** Keeps archives between builds. */
  readonly cacheFolder: string;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** Archives kept at once; one is about as big as a compressed base. */
const kept = 2;

/**
 * The ground as an archive that a Dagger engine can import: it has no registry in common with the Docker
 * engine. The file stays where it is between builds, untouched, so that Dagger sends it only once.
 */
export const groundArchive = async ({
  engine,
  image,
  cacheFolder,
  scratch,
  signal,
}: GroundArchiveOptions): Promise<string> => {
  await mkdir(cacheFolder, { recursive: true });
  const file = join(cacheFolder, `ground-${image.id.replace(/^sha256:/, "").slice(0, 24)}.tar`);
  if (existsSync(file)) {
    await touchUse(file);
    return file;
  }
  const layers = await extractLayers(await engine.saveImages([image.id], signal), {
    wanted: image.layers,
    folder: scratch,
  });
  const draft = `${file}.${process.pid}`;
  try {
    await writeArchive(draft, image, await Promise.all(layers.map((layer) => compress(layer, scratch))));
    await putInPlace(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  await touchUse(file);
  await dropOld(cacheFolder, file);
  return file;
};

/** The first of two builds at once counts: the engine may be reading its archive, and refuses one that changes. */
const putInPlace = (draft: string, file: string): Promise<void> =>
  link(draft, file).catch((error: NodeJS.ErrnoException) =>
    // Not every file system has links.
    error.code === "EEXIST" ? undefined : rename(draft, file),
  );

/** Beside the archive, whose own times Dagger looks at. */
const touchUse = async (file: string): Promise<void> => {
  const now = new Date();
  await pipeline([], createWriteStream(`${file}.used`));
  await utimes(`${file}.used`, now, now);
};

const compress = async (layer: LayerFile, folder: string): Promise<LayerFile> => {
  // A failure of either is the writer's to hear.
  const content = readThrough(createReadStream(layer.file), createZstdCompress(), () => undefined);
  const compressed = await writeLayer(content, folder);
  await rm(layer.file, { force: true });
  return compressed;
};

const descriptor = (mediaType: string, digest: string, size: number) => ({ mediaType, digest, size });
const digestOfText = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

const writeArchive = async (file: string, image: EngineImage, layers: readonly LayerFile[]): Promise<void> => {
  const config = JSON.stringify({
    architecture: image.architecture,
    ...(image.variant ? { variant: image.variant } : {}),
    os: image.os,
    config: image.config,
    rootfs: { type: "layers", diff_ids: image.layers },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: descriptor("application/vnd.oci.image.config.v1+json", digestOfText(config), Buffer.byteLength(config)),
    layers: layers.map(({ diffId, size }) => descriptor("application/vnd.oci.image.layer.v1.tar+zstd", diffId, size)),
  });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      descriptor("application/vnd.oci.image.manifest.v1+json", digestOfText(manifest), Buffer.byteLength(manifest)),
    ],
  });
  const archive = pack();
  const blob = (digest: string): string => `blobs/sha256/${digest.replace(/^sha256:/, "")}`;
  const fill = async (): Promise<void> => {
    archive.entry({ name: "oci-layout", mtime: layerTime }, JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    archive.entry({ name: "index.json", mtime: layerTime }, index);
    archive.entry({ name: blob(digestOfText(manifest)), mtime: layerTime }, manifest);
    archive.entry({ name: blob(digestOfText(config)), mtime: layerTime }, config);
    for (const { file: source, diffId, size } of layers)
      await pipeline(createReadStream(source), archive.entry({ name: blob(diffId), size, mtime: layerTime }));
    archive.finalize();
  };
  await Promise.all([
    fill().catch((error: Error) => archive.destroy(error)),
    pipeline(Readable.from(archive), createWriteStream(file)),
  ]);
};

const dropOld = async (folder: string, current: string): Promise<void> => {
  const archives: { readonly path: string; readonly time: number }[] = [];
  for (const name of await readdir(folder))
    if (/^ground-[0-9a-f]{24}\.tar$/.test(name) && join(folder, name) !== current) {
      const path = join(folder, name);
      const time = await stat(`${path}.used`).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
      archives.push({ path, time });
    }
  for (const { path } of archives.sort((a, b) => b.time - a.time).slice(kept - 1))
    for (const file of [path, `${path}.used`]) await rm(file, { force: true });
};

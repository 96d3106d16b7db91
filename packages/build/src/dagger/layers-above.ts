import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { readTar } from "@atelier/node-kit";
import { z } from "zod";
import { type LayerFile, writeLayer } from "../image/layer-file.ts";

const manifestSchema = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })) });

/**
 * The layers of an OCI archive on top of those that are known, uncompressed, bottom first. Small entries
 * are read for the manifest; layers are taken from the archive in a second reading, when it is known which.
 */
export const layersAbove = async (
  file: string,
  { ground, folder }: { readonly ground: readonly string[]; readonly folder: string },
): Promise<readonly LayerFile[]> => {
  const manifest = await readManifest(file);
  const wanted = manifest.layers
    .slice(ground.length)
    .map(({ digest }) => `blobs/sha256/${digest.replace(/^sha256:/, "")}`);
  const found = new Map<string, LayerFile>();
  for await (const entry of readTar(createReadStream(file))) {
    const { name } = entry.header;
    if (!wanted.includes(name) || found.has(name)) {
      entry.resume();
      continue;
    }
    const { mediaType } = manifest.layers.find(({ digest }) => name.endsWith(digest.replace(/^sha256:/, ""))) ?? {};
    found.set(name, await writeLayer(uncompressed(entry as unknown as Readable, mediaType ?? ""), folder));
  }
  return wanted.map((name) => {
    const layer = found.get(name);
    if (layer === undefined) throw new Error(`Dagger's archive lacks ${name}`);
    return layer;
  });
};

/** A layer's archive, whatever it was compressed with. */
export const uncompressed = (source: Readable, mediaType: string): Readable => {
  const through = mediaType.endsWith("gzip")
    ? createGunzip()
    : mediaType.endsWith("zstd")
      ? createZstdDecompress()
      : undefined;
  // A failure of either is the reader's to hear.
  return through ? pipeline(source, through, () => undefined) : source;
};

const readManifest = async (file: string): Promise<z.output<typeof manifestSchema>> => {
  const smallest = 4 * 1024 * 1024;
  for await (const entry of readTar(createReadStream(file))) {
    if (entry.header.type !== "file" || (entry.header.size ?? 0) > smallest) {
      entry.resume();
      continue;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    try {
      const { data } = manifestSchema.safeParse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
      if (data) return data;
    } catch {
      // A small layer.
    }
  }
  throw new Error("Dagger's archive holds no manifest");
};

import { rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { readTar } from "@atelier/node-kit";
import { type LayerFile, writeLayer } from "./layer-file.ts";

/**
 * The wanted layers of an image's archive, in the order they are wanted, as files. They are found by their
 * digests and not by their names, which every engine and version chooses differently.
 */
export const extractLayers = async (
  archive: Readable,
  { wanted, folder }: { readonly wanted: readonly string[]; readonly folder: string },
): Promise<readonly LayerFile[]> => {
  const found = new Map<string, LayerFile>();
  for await (const entry of readTar(archive)) {
    if (entry.header.type !== "file" || (entry.header.size ?? 0) < 1024) {
      entry.resume();
      continue;
    }
    const layer = await writeLayer(entry as unknown as Readable, folder);
    if (wanted.includes(layer.diffId)) found.set(layer.diffId, layer);
    else await rm(layer.file, { force: true });
  }
  return wanted.map((diffId) => {
    const layer = found.get(diffId);
    if (layer === undefined) throw new Error(`the archive of an image lacks its layer ${diffId}`);
    return layer;
  });
};

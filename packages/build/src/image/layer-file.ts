import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A layer as an uncompressed archive on this machine's disk. */
export interface LayerFile {
  readonly file: string;
  readonly size: number;
  /** SHA-256 of the archive, as an image's configuration names it. */
  readonly diffId: string;
}

/** Writes an archive into a folder, under the name of its digest. */
export const writeLayer = async (tar: Readable, folder: string): Promise<LayerFile> => {
  const hash = createHash("sha256");
  let size = 0;
  const draft = join(folder, `draft-${Math.random().toString(36).slice(2)}`);
  await pipeline(
    tar,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(draft),
  );
  const hex = hash.digest("hex");
  const file = join(folder, `${hex}.tar`);
  await rename(draft, file);
  return { file, size, diffId: `sha256:${hex}` };
};

import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type LayerFile, writeLayer } from "../image/layer-file.ts";
import type { LayerToLoad } from "../image/load-images.ts";
import type { DaggerSession } from "./dagger-session.ts";
import { uncompressed } from "./layers-above.ts";
import { QueryFailed } from "./session/query-session.ts";

const imageSchema = z.object({
  config: z.object({ digest: z.string() }),
  layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })),
});
type Blob = z.output<typeof imageSchema>["layers"][number];

const contentsSchema = z.object({ contents: z.string() });
const configSchema = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

/** What an engine older than Dagger 1.0 cannot be asked: it writes images down whole. */
export const manifestField = "manifest { contents }";
export const manifestSchema = z.object({ manifest: contentsSchema });

/** Whether a question was refused because the engine has no manifests; nothing was run for it. */
export const lacksManifest = (error: unknown): boolean =>
  error instanceof QueryFailed && /cannot query field "manifest"/i.test(error.message);

/** Undefined when the engine is older. */
export const manifestOf = ({ fieldsOf }: Pick<DaggerSession, "fieldsOf">, id: string): Promise<string | undefined> =>
  fieldsOf(id, manifestField).then(
    (answer) => manifestSchema.parse(answer).manifest.contents,
    (error: unknown) => (lacksManifest(error) ? undefined : Promise.reject(error)),
  );

export interface WantedLayers {
  /** Diff ids of the lowest layers, which are not asked for. */
  readonly ground: readonly string[];
  /** Diff ids, the ground's first, of an image that the Docker engine has: where they are the same, none is sent. */
  readonly there: readonly string[];
  readonly folder: string;
}

/**
 * Layers of a container on top of the ground, bottom first: those that the Docker engine lacks, as the engine has
 * written them for its image anyway, and of the others their digests. No byte of the base is written or sent.
 */
export const layersOneByOne = async (
  { fieldsOf }: Pick<DaggerSession, "fieldsOf">,
  { id, manifest }: { readonly id: string; readonly manifest: string },
  { ground, there, folder }: WantedLayers,
): Promise<readonly LayerToLoad[]> => {
  const { config, layers } = imageSchema.parse(JSON.parse(manifest));
  const files = new Map<string, LayerFile>();
  /** Has blobs written here that were not yet, and answers what else is asked. */
  const take = async (blobs: readonly Blob[], more = ""): Promise<unknown> => {
    const lacking = new Map(blobs.filter(({ digest }) => !files.has(digest)).map((blob) => [blob.digest, blob]));
    if (lacking.size === 0 && more === "") return undefined;
    const drafts = [...lacking.values()].map((blob, index) => ({
      ...blob,
      file: join(folder, `blob-${randomUUID()}`),
      field: `l${index}`,
    }));
    const answer = await fieldsOf(
      id,
      [
        more,
        ...drafts.map(({ field, digest, file }) => `${field}: ${blobField(digest)} { export(path: ${quoted(file)}) }`),
      ].join(" "),
    );
    for (const { digest, mediaType, file } of drafts) {
      files.set(digest, await writeLayer(uncompressed(createReadStream(file), mediaType), folder));
      await rm(file);
    }
    return answer;
  };
  // At once with what tells whether the lower ones are those that the Docker engine has: they nearly always are.
  const answer = await take(layers.slice(there.length), `config: ${blobField(config.digest)} { contents }`);
  const { contents } = z.object({ config: contentsSchema }).parse(answer).config;
  // The ground's are not compared: an engine may name what it imported by digests of its own.
  const diffIds = configSchema.parse(JSON.parse(contents)).rootfs.diff_ids.slice(ground.length);
  const lower = there.slice(ground.length);
  const known = lower.every((diffId, index) => diffIds[index] === diffId) ? lower.length : 0;
  const above = layers.slice(ground.length);
  await take(above.slice(known));
  return above.map(({ digest }, index) => {
    const diffId = diffIds[index] ?? "";
    if (index < known) return { diffId };
    const layer = files.get(digest);
    if (layer?.diffId !== diffId) throw new Error(`Dagger's layer ${digest} is not what its image says of it`);
    return layer;
  });
};

const quoted = (text: string): string => JSON.stringify(text);
const blobField = (digest: string): string => `layer(id: ${quoted(digest)})`;

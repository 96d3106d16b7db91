import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Engine } from "@atelier/backend-docker";
import { type Pack, pack } from "tar-stream";
import { layerTime } from "../tar/make-tar.ts";
import { type ContainerConfig, type EngineImage, tidyConfig } from "./engine-image.ts";
import type { LayerFile } from "./layer-file.ts";

/** A layer that is sent, or one that the engine has on the same layers already: its digest alone. */
export type LayerToLoad = LayerFile | { readonly diffId: string; readonly file?: undefined };

/** An image to be made of one that the engine has, layers on top of it, and a configuration. */
export interface ImageToLoad {
  readonly parent: EngineImage;
  readonly layers: readonly LayerToLoad[];
  readonly config: ContainerConfig;
  /** What stands in the image's history for our layers. */
  readonly comment: string;
  /** `repository:tag` names for the image's id, each moved here from wherever it is. */
  readonly tagsOf?: (id: string) => readonly string[];
}

/** The image that a request makes, and the exact bytes of its configuration. Pure: the same request, the same id. */
export const describeImage = ({
  parent,
  layers,
  config,
  comment,
}: ImageToLoad): { readonly image: EngineImage; readonly json: string } => {
  const tidy = tidyConfig(config);
  const diffIds = [...parent.layers, ...layers.map(({ diffId }) => diffId)];
  const { os, architecture, variant, created } = parent;
  const json = JSON.stringify({
    architecture,
    ...(variant ? { variant } : {}),
    os,
    created,
    config: tidy,
    rootfs: { type: "layers", diff_ids: diffIds },
    history: [
      ...parent.layers.map(() => ({ created, comment: "below" })),
      ...layers.map(() => ({ created: layerTime.toISOString(), created_by: "atelier build", comment })),
    ],
  });
  const id = `sha256:${createHash("sha256").update(json).digest("hex")}`;
  return { json, image: { ...parent, id, config: tidy, layers: diffIds } };
};

/**
 * Makes images with one request: configurations and the new layers alone. The engine looks for a layer by
 * the chain of digests below it before it reads one from the archive, so what it has is not sent again.
 * Nothing of it depends on the clock, so the same request makes the same images.
 */
export const loadImages = async (
  engine: Pick<Engine, "loadImage">,
  requests: readonly ImageToLoad[],
  signal: AbortSignal,
): Promise<readonly EngineImage[]> => {
  if (requests.length === 0) return [];
  const described = requests.map((request) => ({ request, ...describeImage(request) }));
  const files = new Map(
    requests.flatMap(({ layers }) =>
      layers.flatMap((layer) => (layer.file === undefined ? [] : [[layer.diffId, layer] as const])),
    ),
  );
  const nameOf = (digest: string): string => digest.replace(/^sha256:/, "");
  const archive = pack();
  const fill = async (): Promise<void> => {
    for (const layer of files.values()) await addFile(archive, `${nameOf(layer.diffId)}.tar`, layer);
    for (const { image, json } of described)
      archive.entry({ name: `${nameOf(image.id)}.json`, mtime: layerTime }, json);
    archive.entry(
      { name: "manifest.json", mtime: layerTime },
      JSON.stringify(
        described.map(({ image, request }) => ({
          Config: `${nameOf(image.id)}.json`,
          RepoTags: request.tagsOf?.(image.id) ?? [],
          Layers: image.layers.map((diffId) => `${nameOf(diffId)}.tar`),
        })),
      ),
    );
    archive.finalize();
  };
  await Promise.all([
    fill().catch((error: Error) => archive.destroy(error)),
    engine.loadImage(Readable.from(archive), signal),
  ]);
  return described.map(({ image }) => image);
};

const addFile = async (archive: Pack, name: string, { file, size }: LayerFile): Promise<void> =>
  pipeline(createReadStream(file), archive.entry({ name, size, mtime: layerTime }));

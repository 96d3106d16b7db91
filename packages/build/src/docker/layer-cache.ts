import { createHash } from "node:crypto";
import type { Engine } from "@atelier/backend-docker";
import { labels } from "@atelier/domain";
import { blankBuildLabels, buildLabels } from "./build-labels.ts";

/** An image somewhere in the chain, with what the next layer needs to know of it. */
export interface LayerImage {
  readonly id: string;
  /** Over the base and all layer inputs so far: the key of the cache. */
  readonly digest: string;
}

/** What to change in the image's configuration, in the engine's own words. */
export interface ImageConfig {
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
}

export interface LayerRequest {
  readonly parent: LayerImage;
  /** Everything that goes into the layer, besides the parent. */
  readonly input: unknown;
  readonly config?: ImageConfig;
  /** Makes the layer in a container that was created from the parent; absent: configuration only. */
  readonly fill?: (container: string) => Promise<void>;
  /** How the container is created; files need no start, commands a process that waits. */
  readonly container?: Readonly<Record<string, unknown>>;
}

/** Layers by content: the engine's own images, found again by a label. */
export interface LayerCache {
  layer(request: LayerRequest): Promise<LayerImage & { readonly isCached: boolean }>;
}

export interface LayerCacheOptions {
  readonly engine: Engine;
  readonly stateId: string;
  readonly signal: AbortSignal;
}

/** Lists the engine's images once; layers made meanwhile are remembered. */
export const openLayerCache = async ({ engine, stateId, signal }: LayerCacheOptions): Promise<LayerCache> => {
  const known = new Map<string, string>();
  for (const { Id, Labels } of await engine.listImages([labels.layerDigest]))
    known.set(Labels[labels.layerDigest] ?? "", Id);
  return {
    layer: async ({ parent, input, config, fill, container }) => {
      const digest = createHash("sha256")
        .update(JSON.stringify([parent.digest, input, config ?? null]))
        .digest("hex");
      const found = known.get(digest);
      if (found !== undefined) return { id: found, digest, isCached: true };
      signal.throwIfAborted();
      const made = await engine.createContainer(
        undefined,
        { Image: parent.id, Entrypoint: ["/nothing"], Cmd: [], ...container, Labels: buildLabels(stateId) },
        signal,
      );
      try {
        await fill?.(made);
        signal.throwIfAborted();
        const id = await engine.commit(made, {
          config: { ...config, Labels: { ...config?.Labels, ...blankBuildLabels, [labels.layerDigest]: digest } },
        });
        known.set(digest, id);
        return { id, digest, isCached: false };
      } finally {
        await engine.removeContainer(made);
      }
    },
  };
};

import type { Engine } from "@atelier/backend-docker";
import type { BuildRequest } from "../builder.ts";
import type { ImageCache } from "../docker/image-cache.ts";
import type { Ground } from "../ground/prepare-ground.ts";
import type { EngineImage } from "../image/engine-image.ts";
import type { ImageToLoad } from "../image/load-images.ts";
import type { BuildMemory } from "../memory/build-memory.ts";
import type { Platform } from "../platform/platform-versions.ts";

/** What both ways of making chain images are given. */
export interface ChainWork {
  readonly request: BuildRequest;
  readonly engine: Engine;
  readonly stateId: string;
  readonly cache: ImageCache;
  readonly memory: BuildMemory;
  readonly ground: Ground;
  readonly platform: Platform;
  /** Whether this platform's images get the tags that follow the newest build. */
  readonly isMain: boolean;
  readonly proxies: Readonly<Record<string, string>>;
  /** Further authorities that commands trust, as PEM; like proxies, they get into no image. */
  readonly trust: Uint8Array | undefined;
  /** Where layers are written before the engine takes them. */
  readonly scratch: string;
  readonly now: () => number;
  /** Work that nobody has to wait for before the build's end, such as removing a container. */
  readonly later: (work: () => Promise<void>) => void;
}

/** A step's image without pages: files and results of commands. */
export interface ChainStep {
  readonly step: string;
  /** The image's id. */
  readonly id: string;
  /** Read on first need: what is published already needs it no more. */
  readonly image: () => Promise<EngineImage>;
  /** The steps' environment up to here. */
  readonly env: Readonly<Record<string, string>>;
  /** What the engine does not have yet: it is loaded with what is published on it, in one request. */
  readonly load?: ImageToLoad;
}

/**
 * Makes the images that the author's recipes ask for, in order. This is where builders differ; what is
 * below (base, platform, student) and on top (pages, configuration) is made by the same code.
 */
export type ChainBuilder = (work: ChainWork) => Promise<readonly ChainStep[]>;

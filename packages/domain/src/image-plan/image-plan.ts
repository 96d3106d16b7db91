import type { SourceLocation } from "../problem/diagnostic.ts";
import type { Base, FileOwner } from "../workshop/workshop.ts";

/**
 * Which layers each image gets, as pure data. Builders execute it; two builders given the same plan
 * must produce the same file tree. Every `digest` is `sha256:<hex>` over all inputs of that layer and
 * everything below it except the resolved base and platform, which the builder mixes in.
 */
export interface ImagePlan {
  readonly v: 1;
  readonly workshop: { readonly name: string; readonly version: string };
  /** Repository without a tag. */
  readonly image: string;
  readonly base: Base;
  readonly student: { readonly user: FileOwner; readonly sudo: boolean };
  /** Images the author's recipes make, in order. The first stands on base + user + platform. */
  readonly chain: readonly ChainImage[];
  /** `start`, then one per step. */
  readonly published: readonly PublishedImage[];
  /** Service images that have to be built from a container file. */
  readonly serviceFiles: readonly {
    readonly service: string;
    readonly containerFile: string;
    /** Over everything that its build may copy. */
    readonly digest: string;
  }[];
  /** Over the whole plan. */
  readonly digest: string;
}

export interface ChainImage {
  readonly step: string;
  readonly layers: readonly PlanLayer[];
  /** Cumulative over the chain up to and including this step. */
  readonly digest: string;
}

export type PlanLayer =
  | { readonly kind: "files"; readonly files: readonly PlannedFile[]; readonly digest: string }
  | { readonly kind: "env"; readonly env: Readonly<Record<string, string>>; readonly digest: string }
  | {
      readonly kind: "command";
      readonly run: string;
      readonly user: FileOwner;
      readonly cwd: string;
      readonly secrets: readonly string[];
      readonly at?: SourceLocation;
      readonly digest: string;
    };

export type PlannedFile = {
  /** Absolute path in the image. */
  readonly target: string;
  readonly mode: number;
  readonly owner: FileOwner;
} & (
  | { readonly kind: "source"; readonly source: string; readonly digest: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "folder" }
);

export interface PublishedImage {
  /** `start` or a step id. */
  readonly step: string;
  /** The chain image below it; absent: base + user + platform. */
  readonly from?: string;
  /** Everything below `/workshop` except `image.json`, which the builder adds (it knows the uid). */
  readonly metadata: readonly PlannedFile[];
  readonly labels: Readonly<Record<string, string>>;
  readonly digest: string;
}

/** The hash function the host brings: pure code has none. Answers lower-case hex of SHA-256. */
export type Sha256 = (data: string | Uint8Array) => string;

/**
 * The authored folder as pure data: what a validator may look at. `node-kit` reads a folder from disk
 * into this shape; tests write it by hand. Paths are relative, with forward slashes, sorted.
 */
export interface SourceTree {
  readonly entries: ReadonlyMap<string, SourceEntry>;
}

export type SourceEntry =
  | { readonly kind: "folder" }
  | {
      readonly kind: "file";
      readonly size: number;
      readonly executable: boolean;
      /** Whole content when `size` is at most the reader's cap (1 MiB), else the first 4 KiB. */
      readonly bytes: Uint8Array;
      readonly truncated: boolean;
      /** `sha256:<hex>` of the whole content, also of a truncated one. */
      readonly digest: string;
    }
  | {
      readonly kind: "link";
      readonly target: string;
      /** Where it leads, relative to the root, when that exists and stays inside; else undefined. */
      readonly resolved?: string;
    }
  /** FIFO, socket, device: named so that it can be reported. */
  | { readonly kind: "special" };

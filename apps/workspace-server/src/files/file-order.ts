import type { FileEntry } from "@atelier/contract";

/** What a file worker is told to do. Paths are absolute. */
export type FileOrder =
  | { readonly verb: "list"; readonly path: string; readonly most: number }
  /** Bytes go to stdout after the answer. */
  | { readonly verb: "read"; readonly path: string; readonly most: number }
  /** Bytes come from stdin. `etag` demands that version, `fresh` that there is none. */
  | {
      readonly verb: "write";
      readonly path: string;
      readonly most: number;
      readonly etag?: string | undefined;
      readonly fresh?: boolean;
    }
  | { readonly verb: "folder"; readonly path: string }
  | { readonly verb: "rename"; readonly path: string; readonly to: string }
  | { readonly verb: "remove"; readonly path: string }
  /** A tar goes to stdout after the answer: `path` and all below it, or exactly `paths`. */
  | { readonly verb: "archive"; readonly path: string; readonly paths?: readonly string[] };

export type FileFault =
  | "file-not-found"
  | "file-outside"
  | "file-not-regular"
  | "file-too-big"
  | "file-exists"
  | "file-changed"
  | "file-denied"
  | "file-no-space"
  | "file-failed";

export interface FileAnswer {
  readonly fault?: { readonly code: FileFault; readonly message: string };
  readonly entries?: readonly FileEntry[];
  readonly truncated?: boolean;
  readonly entry?: FileEntry;
  readonly etag?: string;
  readonly size?: number;
}

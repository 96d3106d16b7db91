import { z } from "zod";

/**
 * What a folder tree held at one moment. Keys are absolute paths without a trailing slash. `digest` is
 * lower-case hex of SHA-256 over a file's content; times are left out on purpose: touching a file is
 * not a change worth carrying over.
 */
export const manifestEntrySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("file"), mode: z.int(), size: z.number(), digest: z.string() }),
  z.object({ kind: z.literal("folder"), mode: z.int() }),
  z.object({ kind: z.literal("link"), target: z.string() }),
]);
export type ManifestEntry = z.infer<typeof manifestEntrySchema>;
export type Manifest = ReadonlyMap<string, ManifestEntry>;

/** Whether two entries stand for the same thing; an absent entry equals only an absent one. */
export const sameEntry = (a: ManifestEntry | undefined, b: ManifestEntry | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind === "file") return b.kind === "file" && a.digest === b.digest && a.mode === b.mode;
  if (a.kind === "folder") return b.kind === "folder" && a.mode === b.mode;
  return b.kind === "link" && a.target === b.target;
};

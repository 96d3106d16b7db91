import { buildRecordSchema } from "@atelier/domain";
import { z } from "zod";
import { sha256Digest } from "../oci/blob-store.ts";
import { digestSchema } from "../oci/oci-documents.ts";

/** Name of the document in a bundle, always its first entry. */
export const bundleDocument = "atelier-bundle.json";

/**
 * First entry of a bundle: what is in it. A bundle is one uncompressed tar archive with this document, an
 * OCI layout (`oci-layout`, `index.json`, `blobs/`) and a `manifest.json`, so that `docker load` takes it too.
 */
export const bundleSchema = z.object({
  v: z.literal(1),
  kind: z.literal("atelier-bundle"),
  /** Version of the Atelier that wrote it. */
  atelier: z.string(),
  record: buildRecordSchema,
  /** Every blob with its length in bytes; the digest is its checksum. */
  blobs: z.array(z.object({ digest: digestSchema, size: z.int().nonnegative() })),
  /** SHA-256 of `index.json`. */
  index: digestSchema,
  /** SHA-256 of `manifest.json`, by which `docker load` goes, and of the record; bundles of 0.1.0's beginnings lack both. */
  manifest: digestSchema.optional(),
  recordDigest: digestSchema.optional(),
});
/**
 * SHA-256 of a record as it stands in the document, before a schema has put it in its own order: a byte that
 * changed there is one that would be believed.
 */
export const digestOfRecord = (record: unknown): string => sha256Digest(JSON.stringify(record));

export type Bundle = z.infer<typeof bundleSchema>;

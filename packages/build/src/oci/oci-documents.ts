import { z } from "zod";

/** Media types of the OCI image format 1.0 (opencontainers/image-spec, `media-types.md`). */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

/** `sha256:` and 64 hex digits. */
export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, "expected sha256:<64 hex digits>");

export const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

export const descriptorSchema = z.object({
  mediaType: z.string(),
  digest: digestSchema,
  /** Bytes. */
  size: z.int().nonnegative(),
  platform: platformSchema.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
/** Points at a blob, with its length and digest. */
export type Descriptor = z.infer<typeof descriptorSchema>;

export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
});
export type Manifest = z.infer<typeof manifestSchema>;

export const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(descriptorSchema),
});
export type Index = z.infer<typeof indexSchema>;

/** What we read of an image's configuration; its digest is the image's id. */
export const imageConfigSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
  rootfs: z.object({ diff_ids: z.array(digestSchema) }),
});

/** Name of a tag in a layout's index (image-spec, `annotations.md`). */
export const refName = "org.opencontainers.image.ref.name";
/** Full reference, as Docker and containerd read it from an index. */
export const imageName = "io.containerd.image.name";

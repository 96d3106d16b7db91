import { AppError } from "@atelier/domain";
import { type BlobStore, readBlob, readManifest, sha256Digest } from "../oci/blob-store.ts";
import { type Descriptor, mediaTypes } from "../oci/oci-documents.ts";
import type { RegistryClient } from "./registry-client.ts";

/** One tag or several for what is one image on each platform. */
export interface PushImage {
  /** For people, when it is refused: `step "permissions"`. */
  readonly title: string;
  readonly tags: readonly string[];
  /** A manifest for each platform. */
  readonly manifests: readonly Descriptor[];
}

export type PushEvent =
  | { readonly kind: "blob"; readonly digest: string; readonly bytes: number; readonly isThere: boolean }
  | { readonly kind: "image"; readonly tags: readonly string[]; readonly digest: string };

/**
 * Sends images of a store to a repository: blobs first, each once and only when it is not there, then the
 * manifests, the tags last, so that whoever pulls meanwhile gets an old whole image or a new whole one.
 * Answers the digest behind each image's tags. A second call after a failure goes on where it broke off.
 */
export const pushImages = async (
  store: BlobStore,
  registry: RegistryClient,
  { images, onEvent }: { readonly images: readonly PushImage[]; readonly onEvent: (event: PushEvent) => void },
): Promise<readonly string[]> => {
  const sent = new Set<string>();
  const digests: string[] = [];
  for (const { title, tags, manifests } of images) {
    for (const manifest of manifests) {
      const { config, layers } = await readManifest(store, manifest.digest);
      const whole = `${title} (${architectureOf(manifest)})`;
      for (const [at, blob] of [...layers, config].entries()) {
        if (sent.has(blob.digest)) continue;
        const which = blob === config ? "the configuration" : `layer ${at + 1} of ${layers.length}`;
        await sendBlob(store, registry, { blob, what: `${which} of ${whole}, ${sizeText(blob.size)}`, onEvent });
        sent.add(blob.digest);
      }
      await registry.putManifest(manifest.digest, {
        mediaType: manifest.mediaType,
        bytes: await readBlob(store, manifest.digest),
        what: `the manifest of ${whole}`,
      });
    }
    const document = await documentOf(store, manifests);
    for (const tag of tags) await registry.putManifest(tag, { ...document, what: `the tag ${tag} of ${title}` });
    const digest = sha256Digest(document.bytes);
    digests.push(digest);
    onEvent({ kind: "image", tags, digest });
  }
  return digests;
};

const architectureOf = ({ platform }: Descriptor): string =>
  platform === undefined ? "any machine" : `${platform.os}/${platform.architecture}`;

const sizeText = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${bytes} bytes` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

interface BlobToSend {
  readonly blob: Descriptor;
  /** For people. */
  readonly what: string;
  readonly onEvent: (event: PushEvent) => void;
}

const sendBlob = async (
  store: BlobStore,
  registry: RegistryClient,
  { blob, what, onEvent }: BlobToSend,
): Promise<void> => {
  if (store.size(blob.digest) !== blob.size)
    throw new AppError("not-a-layout", `The blob ${blob.digest} is missing or has another length than is said of it.`, {
      hint: "Make the layout or the bundle again.",
    });
  const isThere = await registry.hasBlob(blob.digest);
  if (!isThere)
    await registry.putBlob({ digest: blob.digest, size: blob.size, what, open: () => store.open(blob.digest) });
  onEvent({ kind: "blob", digest: blob.digest, bytes: blob.size, isThere });
};

/** The manifest itself for one platform, an index for several. */
const documentOf = async (
  store: BlobStore,
  manifests: readonly Descriptor[],
): Promise<{ mediaType: string; bytes: Buffer }> => {
  const [only] = manifests;
  if (only !== undefined && manifests.length === 1)
    return { mediaType: only.mediaType, bytes: await readBlob(store, only.digest) };
  const plain = manifests.map(({ annotations: _, ...descriptor }) => descriptor);
  return {
    mediaType: mediaTypes.index,
    bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: plain })),
  };
};

import { createWriteStream } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError, type BuildRecord } from "@atelier/domain";
import { removeDead } from "../drafts/process-drafts.ts";
import { blobPath, blobsOf, openLayout, readManifest, sha256Digest } from "../oci/blob-store.ts";
import { imageName } from "../oci/oci-documents.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { type Bundle, bundleDocument, digestOfRecord } from "./bundle-document.ts";

export interface BundleParts {
  readonly layout: string;
  readonly record: BuildRecord;
  /** Version of Atelier. */
  readonly atelier: string;
  readonly signal?: AbortSignal;
}

/**
 * Packs a layout and its record into one file, complete or not at all: it is written beside and renamed.
 * The same layout gives the same bytes. Answers its size in bytes.
 */
export const writeBundle = async (file: string, { layout, record, atelier, signal }: BundleParts): Promise<number> => {
  const store = await openLayout(layout);
  const indexText = await readFile(join(layout, "index.json"));
  const blobs = new Map<string, number>();
  const docker: { Config: string; RepoTags: string[]; Layers: string[] }[] = [];
  const named = new Set<string>();
  for (const descriptor of store.index.manifests) {
    const manifest = await readManifest(store, descriptor.digest);
    blobs.set(descriptor.digest, descriptor.size);
    for (const { digest, size } of blobsOf(manifest)) blobs.set(digest, size);
    const config = blobPath("", manifest.config.digest);
    const entry = docker.find(({ Config }) => Config === config);
    const own = descriptor.annotations?.[imageName];
    // Of several platforms' images the first has the name: an engine gives each name once.
    const name = own === undefined || named.has(own) ? undefined : own;
    if (name !== undefined) named.add(name);
    if (entry === undefined)
      docker.push({
        Config: config,
        RepoTags: name === undefined ? [] : [name],
        Layers: manifest.layers.map(({ digest }) => blobPath("", digest)),
      });
    else if (name !== undefined) entry.RepoTags.push(name);
  }
  const manifestText = JSON.stringify(docker);
  const bundle: Bundle = {
    v: 1,
    kind: "atelier-bundle",
    atelier,
    record,
    blobs: [...blobs].map(([digest, size]) => ({ digest, size })).sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    index: sha256Digest(indexText),
    manifest: sha256Digest(manifestText),
    recordDigest: digestOfRecord(record),
  };
  const plain = { type: "file", mode: 0o644, uid: 0, gid: 0 } as const;
  // Sorted by name: the document comes first, before the blobs.
  const entries: TarEntry[] = [
    { ...plain, name: bundleDocument, content: `${JSON.stringify(bundle, null, 2)}\n` },
    { ...plain, name: "index.json", content: indexText },
    { ...plain, name: "manifest.json", content: manifestText },
    { ...plain, name: "oci-layout", content: JSON.stringify({ imageLayoutVersion: "1.0.0" }) },
    ...bundle.blobs.map(({ digest, size }) => ({
      ...plain,
      name: blobPath("", digest),
      content: { file: blobPath(layout, digest), size, digest },
    })),
  ];
  const draft = `${file}.part-${process.pid}`;
  try {
    // What killed processes had written of the same bundle.
    await removeDead(dirname(file), new RegExp(`^${RegExp.escape(basename(file))}\\.part-(\\d+)$`));
    // Flushed: a stick that is pulled out holds the whole file or none of this name.
    await pipeline(makeTar(entries), createWriteStream(draft, { flush: true }), { ...(signal ? { signal } : {}) });
    await rename(draft, file);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new AppError("bundle-not-written", `${file} cannot be written: ${(cause as Error).message}`, {
      hint: "Choose another place with --output, with room for it.",
      cause,
    });
  } finally {
    await rm(draft, { force: true });
  }
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
};

import { createWriteStream } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { AppError, type BuildRecord } from "@atelier/domain";
import { blobPath, blobsOf, openLayout, readManifest, sha256Digest } from "../oci/blob-store.ts";
import { imageName } from "../oci/oci-documents.ts";
import { makeTar, type TarEntry } from "../tar/make-tar.ts";
import { type Bundle, bundleDocument } from "./bundle-document.ts";

/**
 * Packs a layout and its record into one file, complete or not at all: it is written beside and renamed.
 * The same layout gives the same bytes. Answers its size in bytes.
 */
export const writeBundle = async (
  file: string,
  { layout, record, atelier }: { readonly layout: string; readonly record: BuildRecord; readonly atelier: string },
): Promise<number> => {
  const store = await openLayout(layout);
  const indexText = await readFile(join(layout, "index.json"));
  const blobs = new Map<string, number>();
  const docker: { Config: string; RepoTags: string[]; Layers: string[] }[] = [];
  for (const descriptor of store.index.manifests) {
    const manifest = await readManifest(store, descriptor.digest);
    blobs.set(descriptor.digest, descriptor.size);
    for (const { digest, size } of blobsOf(manifest)) blobs.set(digest, size);
    const config = blobPath("", manifest.config.digest);
    const entry = docker.find(({ Config }) => Config === config);
    const name = descriptor.annotations?.[imageName];
    if (entry === undefined)
      docker.push({
        Config: config,
        RepoTags: name === undefined ? [] : [name],
        Layers: manifest.layers.map(({ digest }) => blobPath("", digest)),
      });
    else if (name !== undefined) entry.RepoTags.push(name);
  }
  const bundle: Bundle = {
    v: 1,
    kind: "atelier-bundle",
    atelier,
    record,
    blobs: [...blobs].map(([digest, size]) => ({ digest, size })).sort((a, b) => (a.digest < b.digest ? -1 : 1)),
    index: sha256Digest(indexText),
  };
  const plain = { type: "file", mode: 0o644, uid: 0, gid: 0 } as const;
  // Sorted by name: the document comes first, before the blobs.
  const entries: TarEntry[] = [
    { ...plain, name: bundleDocument, content: `${JSON.stringify(bundle, null, 2)}\n` },
    { ...plain, name: "index.json", content: indexText },
    { ...plain, name: "manifest.json", content: JSON.stringify(docker) },
    { ...plain, name: "oci-layout", content: JSON.stringify({ imageLayoutVersion: "1.0.0" }) },
    ...bundle.blobs.map(({ digest, size }) => ({
      ...plain,
      name: blobPath("", digest),
      content: { file: blobPath(layout, digest), size },
    })),
  ];
  const draft = `${file}.part-${process.pid}`;
  try {
    await pipeline(makeTar(entries), createWriteStream(draft));
    await rename(draft, file);
  } catch (cause) {
    throw new AppError("bundle-not-written", `${file} cannot be written: ${(cause as Error).message}`, {
      hint: "Choose another place with --output, with room for it.",
      cause,
    });
  } finally {
    await rm(draft, { force: true });
  }
  return [...blobs.values()].reduce((sum, size) => sum + size, 0);
};

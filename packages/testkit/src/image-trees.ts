import { createHash } from "node:crypto";
import { posix } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { extract } from "tar-stream";

/** Everything that a student can see of a path, except when it was made. */
export type TreeEntry = string;

/** A layer's entries by path; a whiteout is undefined. */
type LayerEntries = ReadonlyMap<string, TreeEntry | undefined>;

type Manifest = readonly { readonly Config: string }[];
interface Configuration {
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

const readLayer = async (stream: NodeJS.ReadableStream): Promise<LayerEntries> => {
  const entries = new Map<string, TreeEntry | undefined>();
  for await (const entry of stream.pipe(extract())) {
    const { name, type, mode = 0, uid, gid, linkname } = entry.header;
    const hash = createHash("sha256");
    for await (const chunk of entry) hash.update(chunk as Buffer);
    const path = posix.join("/", name).replace(/\/$/, "");
    const whiteout = /^\.wh\.(.+)$/.exec(posix.basename(path))?.[1];
    if (whiteout !== undefined) entries.set(posix.join(posix.dirname(path), whiteout), undefined);
    else
      entries.set(
        path,
        [
          type,
          (mode & 0o7777).toString(8),
          `${uid}:${gid}`,
          type === "file" ? hash.digest("hex").slice(0, 12) : (linkname ?? ""),
        ].join(" "),
      );
  }
  return entries;
};

/**
 * What saved images have on top of the layers they are known to share, path by path: layers that several images have are read once.
 */
export const treesOf = async (
  saved: Readable,
  shared: readonly string[],
): Promise<ReadonlyMap<string, ReadonlyMap<string, TreeEntry>>> => {
  const layers = new Map<string, LayerEntries>();
  const texts = new Map<string, string>();
  for await (const entry of saved.pipe(extract())) {
    const { name, size = 0 } = entry.header;
    if (/layer\.tar$/.test(name) && entry.header.type === "file") {
      const hash = createHash("sha256");
      const copy = new PassThrough();
      const reading = readLayer(copy);
      for await (const chunk of entry) {
        hash.update(chunk as Buffer);
        if (!copy.write(chunk)) await new Promise((resolve) => copy.once("drain", resolve));
      }
      copy.end();
      const entries = await reading;
      const diffId = `sha256:${hash.digest("hex")}`;
      if (!shared.includes(diffId)) layers.set(diffId, entries);
    } else if (name.endsWith(".json") && size < 1024 * 1024) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      texts.set(name, Buffer.concat(chunks).toString("utf8"));
    } else entry.resume();
  }
  const trees = new Map<string, ReadonlyMap<string, TreeEntry>>();
  for (const { Config } of JSON.parse(texts.get("manifest.json") ?? "[]") as Manifest) {
    const { rootfs } = JSON.parse(texts.get(Config) ?? "{}") as Configuration;
    const tree = new Map<string, TreeEntry>();
    for (const diffId of rootfs.diff_ids)
      for (const [path, entry] of layers.get(diffId) ?? [])
        if (entry === undefined) tree.delete(path);
        else tree.set(path, entry);
    trees.set(`sha256:${Config.replace(/\.json$/, "")}`, tree);
  }
  return trees;
};

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { pack } from "tar-stream";

/** What a pretended engine saves: two images, the second standing on the first. */
export interface SavedImages {
  /** Ids, bottom first. */
  readonly ids: readonly [string, string];
  /** As Docker 20.10 writes it: `layer.tar` files, one of them a link to another image's. */
  classic(): Readable;
  /** As Docker 25 writes it: blobs. */
  withBlobs(): Readable;
}

export const savedImages = async (): Promise<SavedImages> => {
  const [ground, step] = [await layer("etc/ground", "g".repeat(3000)), await layer("home/step", "s")];
  const config = (layers: readonly Buffer[]): Buffer =>
    Buffer.from(
      JSON.stringify({
        os: "linux",
        architecture: "amd64",
        rootfs: { type: "layers", diff_ids: layers.map(digestOf) },
        config: { Entrypoint: ["/x"] },
      }),
    );
  const [low, high] = [config([ground]), config([ground, step])];
  const hex = (bytes: Buffer): string => digestOf(bytes).slice("sha256:".length);
  return {
    ids: [digestOf(low), digestOf(high)],
    classic: () =>
      archive([
        { name: "aaa/layer.tar", content: ground },
        { name: "aaa/json", content: Buffer.from("{}") },
        { name: `${hex(low)}.json`, content: low },
        { name: "bbb/layer.tar", link: "../aaa/layer.tar" },
        { name: "ccc/layer.tar", content: step },
        { name: `${hex(high)}.json`, content: high },
        {
          name: "manifest.json",
          content: Buffer.from(
            JSON.stringify([
              { Config: `${hex(low)}.json`, RepoTags: null, Layers: ["aaa/layer.tar"] },
              { Config: `${hex(high)}.json`, RepoTags: null, Layers: ["bbb/layer.tar", "ccc/layer.tar"] },
            ]),
          ),
        },
      ]),
    withBlobs: () =>
      archive([
        ...[ground, low, step, high].map((content) => ({ name: `blobs/sha256/${hex(content)}`, content })),
        {
          name: "manifest.json",
          content: Buffer.from(
            JSON.stringify([
              { Config: `blobs/sha256/${hex(low)}`, RepoTags: null, Layers: [`blobs/sha256/${hex(ground)}`] },
              {
                Config: `blobs/sha256/${hex(high)}`,
                RepoTags: null,
                Layers: [ground, step].map((each) => `blobs/sha256/${hex(each)}`),
              },
            ]),
          ),
        },
      ]),
  };
};

const digestOf = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const layer = async (name: string, content: string): Promise<Buffer> => {
  const tar = pack();
  tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const archive = (entries: readonly { name: string; content?: Buffer; link?: string }[]): Readable => {
  const tar = pack();
  for (const { name, content, link } of entries)
    if (link === undefined) tar.entry({ name }, content ?? "");
    else tar.entry({ name, type: "symlink", linkname: link });
  tar.finalize();
  return Readable.from(tar);
};

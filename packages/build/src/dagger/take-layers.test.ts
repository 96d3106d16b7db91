import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { pack } from "tar-stream";
import { layersAbove } from "./layers-above.ts";
import { takeLayers } from "./take-layers.ts";

const digestOf = (bytes: string | Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** An OCI archive of layers, each so many bytes of its own number. */
const writeArchive = async (file: string, sizes: readonly number[]): Promise<readonly Buffer[]> => {
  const layers = sizes.map((size, number) => Buffer.alloc(size, number + 1));
  const manifest = JSON.stringify({
    layers: layers.map((layer) => ({
      mediaType: "application/vnd.oci.image.layer.v1.tar",
      digest: `sha256:${digestOf(layer)}`,
    })),
  });
  const archive = pack();
  archive.entry({ name: "blobs/sha256", type: "directory" });
  for (const layer of layers) archive.entry({ name: `blobs/sha256/${digestOf(layer)}` }, layer);
  archive.entry({ name: `blobs/sha256/${digestOf(manifest)}` }, manifest);
  archive.entry({ name: "index.json" }, JSON.stringify({ manifests: [{ digest: `sha256:${digestOf(manifest)}` }] }));
  archive.finalize();
  await pipeline(archive, createWriteStream(file));
  return layers;
};

const withFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-layers-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
};

test("the layers below are left out, and what is above is read as from the whole archive", () =>
  withFolder(async (folder) => {
    const [whole, taken] = [join(folder, "whole.tar"), join(folder, "taken.tar")];
    const layers = await writeArchive(whole, [3_000_000, 5000, 1_500_000, 700, 512]);
    const size = takeLayers(whole, taken, 2);
    assert.equal((await stat(taken)).size, size);
    assert.ok(size < 1_520_000, String(size));
    const wanted = { ground: ["sha256:a", "sha256:b"], folder };
    const ids = async (file: string) =>
      (await layersAbove(file, wanted)).map(({ diffId, size: bytes }) => [diffId, bytes]);
    assert.deepEqual(
      await ids(taken),
      layers.slice(2).map((layer) => [`sha256:${digestOf(layer)}`, layer.length]),
    );
    assert.deepEqual(await ids(taken), await ids(whole));
  }));

test("an archive without an image is a failure in words", () =>
  withFolder(async (folder) => {
    const file = join(folder, "empty.tar");
    const archive = pack();
    archive.entry({ name: "oci-layout" }, "{}");
    archive.finalize();
    await pipeline(archive, createWriteStream(file));
    assert.throws(() => takeLayers(file, join(folder, "taken.tar"), 1), /the archive holds no manifest/);
  }));

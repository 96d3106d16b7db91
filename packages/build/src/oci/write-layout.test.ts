import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { isAppError } from "@atelier/domain";
import { savedImages } from "../testing/saved-images.ts";
import { openLayout, readBlob, readManifest } from "./blob-store.ts";
import { imageConfigSchema } from "./oci-documents.ts";
import { writeLayout } from "./write-layout.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "atelier-layout-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const images = (ids: readonly [string, string]) =>
  [
    { id: ids[0], repository: "registry.test/lab", tags: ["1-start", "start"] },
    { id: ids[1], repository: "registry.test/lab", tags: ["1-one"] },
  ] as const;

test("both formats of `docker save` become the same layout, whose configurations are the images' ids", async () => {
  const saved = await savedImages();
  const [classic, blobs] = [join(folder, "classic"), join(folder, "blobs")];
  const index = await writeLayout(saved.classic(), { folder: classic, images: images(saved.ids) });
  assert.deepEqual(await writeLayout(saved.withBlobs(), { folder: blobs, images: images(saved.ids) }), index);
  assert.deepEqual(await readdir(join(classic, "blobs/sha256")), await readdir(join(blobs, "blobs/sha256")));
  assert.deepEqual((await readdir(classic)).toSorted(), ["blobs", "index.json", "oci-layout"]);

  const store = await openLayout(classic);
  assert.deepEqual(
    store.index.manifests.map(({ annotations, platform }) => [annotations?.["io.containerd.image.name"], platform]),
    [
      ["registry.test/lab:1-start", { os: "linux", architecture: "amd64" }],
      ["registry.test/lab:start", { os: "linux", architecture: "amd64" }],
      ["registry.test/lab:1-one", { os: "linux", architecture: "amd64" }],
    ],
  );
  const top = await readManifest(store, store.index.manifests[2]?.digest ?? "");
  assert.equal(top.config.digest, saved.ids[1]);
  const { rootfs } = imageConfigSchema.parse(JSON.parse((await readBlob(store, top.config.digest)).toString("utf8")));
  for (const [at, layer] of top.layers.entries()) {
    const { createHash } = await import("node:crypto");
    const plain = gunzipSync(await readBlob(store, layer.digest));
    assert.equal(`sha256:${createHash("sha256").update(plain).digest("hex")}`, rootfs.diff_ids[at]);
  }
});

test("an image that the archive lacks, and an archive that breaks off, are said to be so", async () => {
  const saved = await savedImages();
  const missing = `sha256:${"0".repeat(64)}`;
  await assert.rejects(
    writeLayout(saved.classic(), {
      folder: join(folder, "missing"),
      images: [{ id: missing, repository: "registry.test/lab", tags: [] }],
    }),
    (error) => isAppError(error) && error.code === "image-not-saved" && error.message.includes(missing),
  );
  const whole: Buffer[] = [];
  for await (const chunk of saved.classic()) whole.push(chunk as Buffer);
  await assert.rejects(
    writeLayout(Readable.from([Buffer.concat(whole).subarray(0, 1500)]), {
      folder: join(folder, "broken"),
      images: [],
    }),
    (error) => isAppError(error) && error.code === "image-not-saved" && /broke off/.test(error.message),
  );
});

test("a folder that is no layout is refused with what to do", async () => {
  await assert.rejects(openLayout(folder), (error) => isAppError(error) && error.code === "not-a-layout");
});

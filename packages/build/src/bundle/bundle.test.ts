import assert from "node:assert/strict";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type BuildRecord, isAppError } from "@atelier/domain";
import { extract } from "tar-stream";
import { readBlob } from "../oci/blob-store.ts";
import { writeLayout } from "../oci/write-layout.ts";
import { savedImages } from "../testing/saved-images.ts";
import { openBundle } from "./open-bundle.ts";
import { writeBundle } from "./write-bundle.ts";

const record: BuildRecord = {
  v: 1,
  workshop: "lab",
  version: "1",
  title: "Lab",
  image: "registry.test/lab",
  navigation: "linear",
  next: "swap",
  platformContract: 1,
  planDigest: "d",
  steps: [],
  services: [],
  requirements: [],
};

let folder = "";
let layout = "";
let ids: readonly string[] = [];
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "atelier-bundle-"));
  layout = join(folder, "layout");
  const saved = await savedImages();
  ids = saved.ids;
  await writeLayout(saved.classic(), {
    folder: layout,
    images: ids.map((id, at) => ({ id, repository: "registry.test/lab", tags: [`1-${at}`, `${at}`] })),
  });
});
after(() => rm(folder, { recursive: true, force: true }));

test("a bundle holds what was put in, in the same bytes each time, and in a form that docker load takes", async () => {
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  for (const file of [one, two]) await writeBundle(file, { layout, record, atelier: "0" });
  assert.deepEqual(await readFile(one), await readFile(two));
  const opened = await openBundle(one);
  assert.deepEqual(opened.bundle.record, record);
  for (const { digest, size } of opened.bundle.blobs) assert.equal((await readBlob(opened, digest)).length, size);

  const archive = extract();
  archive.end(await readFile(one));
  const names: string[] = [];
  let manifest = "";
  for await (const entry of archive) {
    names.push(entry.header.name);
    for await (const chunk of entry) if (entry.header.name === "manifest.json") manifest += String(chunk);
  }
  assert.equal(names[0], "atelier-bundle.json");
  assert.deepEqual(
    (JSON.parse(manifest) as { Config: string; RepoTags: string[] }[]).map(({ Config, RepoTags }) => [
      `sha256:${Config.split("/").at(-1)}`,
      RepoTags,
    ]),
    ids.map((id, at) => [id, [`registry.test/lab:1-${at}`, `registry.test/lab:${at}`]]),
  );
});

test("a changed byte, a cut end and a file that is none are refused, with everything that is wrong", async () => {
  const file = join(folder, "whole");
  await writeBundle(file, { layout, record, atelier: "0" });
  const { bundle } = await openBundle(file);
  const bytes = await readFile(file);
  const victim = bundle.blobs[0] as { digest: string; size: number };
  const changed = Buffer.from(bytes);
  const at = changed.indexOf(`blobs/sha256/${victim.digest.slice(7)}\0`) + 512;
  changed[at] = (changed[at] ?? 0) ^ 1;
  await writeFile(join(folder, "changed"), changed);
  await assert.rejects(
    openBundle(join(folder, "changed")),
    (error) =>
      isAppError(error) &&
      error.code === "bundle-damaged" &&
      error.message.includes(`${victim.digest} (byte ${at}) was changed`),
  );
  const handle = await open(join(folder, "cut"), "w");
  await handle.write(bytes.subarray(0, bytes.length - 4096));
  await handle.close();
  await assert.rejects(
    openBundle(join(folder, "cut")),
    (error) => isAppError(error) && error.code === "bundle-damaged",
  );
  await writeFile(join(folder, "text"), "hello");
  await assert.rejects(openBundle(join(folder, "text")), (error) => isAppError(error) && error.code === "not-a-bundle");
  await assert.rejects(
    openBundle(join(folder, "nothing")),
    (error) => isAppError(error) && error.code === "not-a-bundle",
  );
});

test("a bundle that cannot be written leaves nothing behind", async () => {
  await assert.rejects(
    writeBundle(join(folder, "no/such/place"), { layout, record, atelier: "0" }),
    (error) => isAppError(error) && error.code === "bundle-not-written",
  );
});

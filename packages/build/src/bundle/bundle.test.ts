import assert from "node:assert/strict";
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
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

/** A bundle's bytes with one text in them replaced by another of the same length. */
const withText = (bytes: Buffer, before: string, after: string): Buffer => {
  assert.equal(before.length, after.length);
  const changed = Buffer.from(bytes);
  const at = changed.indexOf(before);
  assert.notEqual(at, -1, before);
  changed.write(after, at);
  return changed;
};

const refusal = async (name: string, bytes: Buffer): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, bytes);
  try {
    await openBundle(file);
  } catch (error) {
    return isAppError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return "opened";
};

const stepOf = (id: string) => ({
  step: "one",
  tag: "1-one",
  images: [{ platform: "linux/amd64", configDigest: id, layers: [], pushed: [] }],
});

test("what docker load goes by, the build record and what was added are looked at like the images", async () => {
  const file = join(folder, "tampered");
  // Keys in another order than the schema's: the checksum is over what stands there.
  await writeBundle(file, {
    layout,
    record: Object.assign({ title: "" }, record, { steps: [stepOf(ids[0] ?? "")] }),
    atelier: "0",
  });
  const bytes = await readFile(file);
  assert.equal(await refusal("untouched", bytes), "opened");
  const names = ids.map((_, at) => `registry.test/lab:1-${at}`);
  const swapped = bytes.lastIndexOf(`["${names[0]}"`);
  const other = Buffer.from(bytes);
  other.write(`["${names[1]}"`, swapped);
  assert.match(await refusal("other-names", other), /bundle-damaged: .*\n {2}manifest\.json is not the one/);
  assert.match(
    await refusal("other-record", withText(bytes, '"title": "Lab"', '"title": "Bad"')),
    /bundle-damaged: .*\n {2}the build record in atelier-bundle\.json was changed/,
  );
  const header = Buffer.from(bytes.subarray(0, 512));
  header.write("repositories\0", 0);
  // The checksum of a header is not what a bundle goes by; its place after the last file is.
  const end = bytes.length - 1024;
  const size = Number.parseInt(header.toString("latin1", 124, 135), 8);
  const added = Buffer.concat([
    bytes.subarray(0, end),
    header,
    Buffer.alloc(Math.ceil(size / 512) * 512),
    bytes.subarray(end),
  ]);
  assert.match(await refusal("added", added), /bundle-damaged: .*\n {2}"repositories" was added/);
});

test("a bundle that was cut says where it ends, at whatever byte, and a folder is none", async () => {
  const file = join(folder, "to-cut");
  await writeBundle(file, { layout, record, atelier: "0" });
  const bytes = await readFile(file);
  const index = bytes.indexOf("index.json\0");
  for (const length of [600, index, index + 600, bytes.indexOf("manifest.json\0") + 520])
    assert.match(
      await refusal(`cut-${length}`, bytes.subarray(0, length)),
      new RegExp(`bundle-damaged: .*\\n {2}it ends after ${length} bytes, before [a-z-]+\\.json does`),
    );
  assert.match(await refusal("cut-header", bytes.subarray(0, 100)), /not-a-bundle/);
  await assert.rejects(openBundle(folder), (error) => isAppError(error) && error.code === "not-a-bundle");
});

test("an image that a bundle should have and has not is named by its step or service", async () => {
  const gone = `sha256:${"0".repeat(64)}`;
  const file = join(folder, "incomplete");
  await writeBundle(file, {
    layout,
    record: {
      ...record,
      steps: [stepOf(gone)],
      services: [
        {
          name: "db",
          source: { kind: "image", image: "postgres:17" },
          command: [],
          env: {},
          ports: [],
          resources: {},
          onReset: "keep",
          imageId: gone,
        },
      ],
    },
    atelier: "0",
  });
  assert.match(
    await refusal("incomplete", await readFile(file)),
    /the image of step "one" for linux\/amd64 is not in it\n {2}the image of service "db" is not in it/,
  );
});

test("two bundles to one file at once leave one whole one, and what killed ones left goes", async () => {
  const place = join(folder, "place");
  await mkdir(place);
  const file = join(place, "lab.tar");
  // No process has this number: it is above what Linux hands out.
  await writeFile(`${file}.part-4194999`, "left");
  await writeFile(`${file}.part-${process.ppid}`, "of somebody who still writes");
  await writeBundle(file, { layout, record, atelier: "0" });
  assert.deepEqual((await readdir(place)).toSorted(), ["lab.tar", `lab.tar.part-${process.ppid}`]);
  await openBundle(file);
});

test("of several platforms' images with one name the first is what docker load gives it to", async () => {
  const twice = join(folder, "twice");
  const saved = await savedImages();
  await writeLayout(saved.classic(), {
    folder: twice,
    images: ids.map((id) => ({ id, repository: "registry.test/lab", tags: ["1-one"] })),
  });
  const file = join(folder, "twice.tar");
  await writeBundle(file, { layout: twice, record, atelier: "0" });
  const text = await readFile(file, "latin1");
  assert.equal(text.split('"RepoTags":["registry.test/lab:1-one"]').length - 1, 1);
  assert.equal(text.split('"RepoTags":[]').length - 1, 1);
});

test("a bundle that cannot be written leaves nothing behind", async () => {
  await assert.rejects(
    writeBundle(join(folder, "no/such/place"), { layout, record, atelier: "0" }),
    (error) => isAppError(error) && error.code === "bundle-not-written",
  );
});

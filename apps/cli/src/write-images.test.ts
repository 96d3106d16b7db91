import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type BuildRecord, isAppError } from "@atelier/domain";
import build from "./commands/build.ts";
import type { Context } from "./context.ts";
import { requireImagesFolder, writeImages } from "./write-images.ts";

const folder = await mkdtemp(join(tmpdir(), "atelier-write-images-"));
after(() => rm(folder, { recursive: true, force: true }));
await writeFile(join(folder, "file"), "");
await mkdir(join(folder, "taken"));
await writeFile(join(folder, "taken/thesis.txt"), "");
await mkdir(join(folder, "layout/blobs"), { recursive: true });
await writeFile(join(folder, "layout/index.json"), "{}");
await writeFile(join(folder, "layout/.layer-4194300-1"), "of a process that was killed");

const said = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return "";
  } catch (error) {
    if (!isAppError(error)) throw error;
    return `${error.code}: ${error.message.replaceAll(folder, "")} ${error.hint === undefined ? "" : "→"}`;
  }
};

const refused = (path: string): Promise<string> => said(() => requireImagesFolder(join(folder, path)));

test("a folder for images is new, or holds a layout and what a killed run left of one", async () => {
  for (const path of ["new", "new/deep", "layout"]) assert.equal(await refused(path), "", path);
  assert.equal(await refused("file"), "images-not-written: /file cannot be written: /file is a file. →");
  assert.equal(await refused("file/x/y"), "images-not-written: /file/x/y cannot be written: /file is a file. →");
  assert.equal(await refused("taken"), "folder-not-empty: /taken holds other things than an OCI layout. →");
});

const contextWith = (parts: object): Context =>
  ({
    env: {},
    cwd: folder,
    signal: new AbortController().signal,
    path: (text: string) => join(folder, text),
    reporter: { progress: () => {}, progressDone: () => {}, info: () => {}, warn: () => {}, paint: {} },
    ...parts,
  }) as unknown as Context;

test("build says of its --output before it builds", async () => {
  const context = contextWith({
    path: (text: string) =>
      text === "w" ? fileURLToPath(new URL("../../../examples/linux-basics", import.meta.url)) : join(folder, text),
    engine: () => Promise.reject(new Error("no engine here")),
    builder: () => Promise.reject(new Error("it was built")),
  });
  assert.match(
    await said(() => build(context, ["w"], { builder: "auto", output: "file" })),
    /^images-not-written: \/file cannot be written/,
  );
});

test("what the disk refuses only when it is written to is no bug", async () => {
  const context = contextWith({ engine: async () => ({ saveImages: async () => Readable.from([]) }) });
  // As if it had become a file during the build.
  assert.match(
    await said(() => writeImages(context, { steps: [] } as unknown as BuildRecord, join(folder, "file/x"))),
    /^images-not-written: \/file\/x cannot be written: ENOTDIR/,
  );
});

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openBuildMemory } from "./build-memory.ts";

const withFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-memory-"));
  try {
    await run(join(folder, "cache"));
  } finally {
    await rm(folder, { recursive: true });
  }
};

const never = (): never => assert.fail("it was asked again");
const folderHeader = { type: "directory", mode: 0o755, uid: 0, gid: 0, linkname: null };

test("what was read of an image is not read again, now or by the next build", () =>
  withFolder(async (folder) => {
    const memory = await openBuildMemory(folder);
    assert.deepEqual(await memory.headerIn("sha256:a", "/srv", async () => folderHeader), folderHeader);
    assert.equal(await memory.headerIn("sha256:a", "/nothing", async () => undefined), undefined);
    assert.deepEqual(await memory.layersOf("sha256:a", async () => ["sha256:1"]), ["sha256:1"]);
    memory.noteRefusal("debian:12", 5);
    await memory.save();
    for (const known of [memory, await openBuildMemory(folder)]) {
      assert.deepEqual(await known.headerIn("sha256:a", "/srv", never), folderHeader);
      assert.equal(await known.headerIn("sha256:a", "/nothing", never), undefined);
      assert.deepEqual(await known.layersOf("sha256:a", never), ["sha256:1"]);
      assert.equal(known.refusedAt("debian:12"), 5);
    }
  }));

test("another image is asked for itself", () =>
  withFolder(async (folder) => {
    const memory = await openBuildMemory(folder);
    await memory.headerIn("sha256:a", "/srv", async () => folderHeader);
    assert.equal(await memory.headerIn("sha256:b", "/srv", async () => undefined), undefined);
  }));

test("of many images those asked for last are kept", () =>
  withFolder(async (folder) => {
    const memory = await openBuildMemory(folder);
    for (let number = 0; number < 450; number++) await memory.layersOf(`sha256:${number}`, async () => [`${number}`]);
    await memory.layersOf("sha256:0", never);
    await memory.save();
    const next = await openBuildMemory(folder);
    assert.deepEqual(await next.layersOf("sha256:0", never), ["0"]);
    assert.deepEqual(await next.layersOf("sha256:449", never), ["449"]);
    assert.deepEqual(await next.layersOf("sha256:1", async () => ["asked"]), ["asked"]);
  }));

test("a file that is broken is as good as none", () =>
  withFolder(async (folder) => {
    const memory = await openBuildMemory(folder);
    await memory.layersOf("sha256:a", async () => []);
    await memory.save();
    await writeFile(join(folder, "build-memory.json"), '{"v":1,"images":{"sha256:a":{"layers":7}}}');
    const next = await openBuildMemory(folder);
    assert.deepEqual(await next.layersOf("sha256:a", async () => ["asked"]), ["asked"]);
  }));

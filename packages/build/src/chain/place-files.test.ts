import assert from "node:assert/strict";
import { lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TarEntry } from "../tar/make-tar.ts";
import { packFiles, readPacking } from "./packed-files.ts";
import { placeFiles } from "./place-files.ts";

const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

test("packed files arrive with contents, modes, links and the one time; what is in their way goes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-place-"));
  try {
    const root = join(folder, "root");
    await mkdir(join(root, "etc"), { recursive: true, mode: 0o750 });
    await symlink("nowhere", join(root, "etc/taken"));
    await mkdir(join(root, "srv/was-a-folder"), { recursive: true });
    const big = join(folder, "big");
    await writeFile(big, "b".repeat(200_000));
    const entries: readonly TarEntry[] = [
      { name: "etc/taken", type: "file", mode: 0o640, ...me, content: "mine\n" },
      { name: "new/deep/tool", type: "file", mode: 0o4755, ...me, content: Buffer.from("#!/bin/sh\n") },
      { name: "new/deep/big", type: "file", mode: 0o644, ...me, content: { file: big, size: 200_000 } },
      { name: "new/empty", type: "file", mode: 0o600, ...me, content: "" },
      { name: "new/link", type: "link", mode: 0o777, ...me, target: "deep/tool" },
      { name: "new/folder", type: "folder", mode: 0o700, ...me },
      { name: "srv/was-a-folder", type: "file", mode: 0o644, ...me, content: "a file now" },
    ];
    const pack = join(folder, "pack");
    await packFiles(pack, entries, { ...me, folders: ["/new", "/new/deep"] });
    await placeFiles(pack, await readPacking(pack), root);

    const seen = Object.fromEntries(
      await Promise.all(
        ["etc", "etc/taken", "new", "new/deep/tool", "new/deep/big", "new/empty", "new/folder", "srv/was-a-folder"].map(
          async (name) => {
            const { mode, size, mtimeMs } = await lstat(join(root, name));
            return [name, `${(mode & 0o7777).toString(8)} ${(mode & 0o40000) === 0 ? size : "folder"} ${mtimeMs}`];
          },
        ),
      ),
    );
    assert.deepEqual(seen, {
      etc: "750 folder 0",
      "etc/taken": "640 5 0",
      new: "755 folder 0",
      "new/deep/tool": "4755 10 0",
      "new/deep/big": "644 200000 0",
      "new/empty": "600 0 0",
      "new/folder": "700 folder 0",
      "srv/was-a-folder": "644 10 0",
    });
    assert.equal(await readlink(join(root, "new/link")), "deep/tool");
    assert.equal(await readFile(join(root, "new/deep/big"), "utf8"), "b".repeat(200_000));
    assert.equal(await readFile(join(root, "etc/taken"), "utf8"), "mine\n");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a file without a header is no pack", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-place-"));
  try {
    await writeFile(join(folder, "not"), "no line end");
    await assert.rejects(readPacking(join(folder, "not")), /is no pack/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

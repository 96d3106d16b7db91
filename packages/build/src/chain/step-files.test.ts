import assert from "node:assert/strict";
import { chmod, lstat, mkdir, mkdtemp, readdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { PlannedFile } from "@atelier/domain";
import type { PathHeader } from "./folders-around.ts";
import { packFiles, readPacking } from "./packed-files.ts";
import { placeFiles } from "./place-files.ts";
import { layerOf, studentsFolders, tarEntriesOf } from "./step-files.ts";

const me = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const student = { ...me, home: "/home/student" };
const workdir = "/home/student";
const folder = (target: string): PlannedFile => ({ kind: "folder", target, mode: 0o755, owner: "student" });
const text = (target: string): PlannedFile => ({ kind: "text", target, text: "x", mode: 0o644, owner: "student" });

/** What `files: [{ source: tree, target: /var }]` plans for a folder with these in it. */
const planned: readonly PlannedFile[] = [
  folder("/var/tmp"),
  text("/var/tmp/x"),
  folder("/var/private"),
  folder("/var/run"),
  text("/var/run/deep/pid"),
  folder("/var/file"),
  text("/var/file/inside"),
  folder("/var/nowhere"),
  text("/var/nowhere/y"),
  folder("/var/new"),
  text("/var/new/z"),
];

const makeImage = async (root: string): Promise<void> => {
  for (const [path, mode] of [
    ["run", 0o755],
    ["var", 0o751],
    ["var/tmp", 0o1777],
    ["var/private", 0o700],
  ] as const) {
    await mkdir(join(root, path));
    await chmod(join(root, path), mode);
  }
  await symlink("../run", join(root, "var/run"));
  await symlink("elsewhere", join(root, "var/nowhere"));
  await writeFile(join(root, "var/file"), "in the way");
};

const headerOf = async (path: string): Promise<PathHeader | undefined> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  const type = stats.isSymbolicLink() ? "symlink" : stats.isDirectory() ? "directory" : "file";
  const { mode, uid, gid } = stats;
  return { type, mode, uid, gid, ...(type === "symlink" ? { linkname: await readlink(path) } : {}) };
};

/** Every path below a root with its kind and mode; a link's target in the place of a mode. */
const treeOf = async (root: string, folder = ""): Promise<Record<string, string>> => {
  const tree: Record<string, string> = {};
  for (const name of await readdir(join(root, folder))) {
    const path = `${folder}/${name}`;
    const stats = await lstat(join(root, path));
    if (stats.isSymbolicLink()) tree[path] = `link ${await readlink(join(root, path))}`;
    else tree[path] = `${stats.isDirectory() ? "folder" : "file"} ${(stats.mode & 0o7777).toString(8)}`;
    if (stats.isDirectory()) Object.assign(tree, await treeOf(root, path));
  }
  return tree;
};

const kept = {
  "/run": "folder 755",
  "/run/deep": "folder 755",
  "/run/deep/pid": "file 644",
  "/var": "folder 751",
  "/var/tmp": "folder 1777",
  "/var/tmp/x": "file 644",
  "/var/private": "folder 700",
  "/var/file": "folder 755",
  "/var/file/inside": "file 644",
  "/var/elsewhere": "folder 755",
  "/var/elsewhere/y": "file 644",
  "/var/new": "folder 755",
  "/var/new/z": "file 644",
};

test("a folder of files leaves the image's folders and links as they are, with either builder", async () => {
  const scratch = await mkdtemp(join(tmpdir(), "atelier-step-files-"));
  try {
    const root = join(scratch, "root");
    await mkdir(root);
    await makeImage(root);
    const origin = { tree: { entries: new Map() }, folder: scratch };

    // The Docker engine lays these over the image.
    const layer = await layerOf(planned, student, {
      ...origin,
      workdir,
      readHeader: (path) => headerOf(join(root, path)),
    });
    // Private and folders on the way are in the layer too, as they are.
    assert.deepEqual(
      Object.fromEntries(layer.map(({ name, type, mode }) => [`/${name}`, `${type} ${mode.toString(8)}`])),
      kept,
    );

    // Dagger's container has these placed in it.
    const pack = join(scratch, "pack");
    await packFiles(pack, tarEntriesOf(planned, student, origin), {
      ...me,
      folders: studentsFolders(planned, student.home, workdir),
    });
    await placeFiles(pack, await readPacking(pack), root);
    assert.deepEqual(await treeOf(root), {
      ...kept,
      "/var/run": "link ../run",
      "/var/nowhere": "link elsewhere",
    });
  } finally {
    await rm(scratch, { recursive: true });
  }
});

import { createReadStream, createWriteStream } from "node:fs";
import { chmod, chown, lstat, lutimes, mkdir, readlink, rm, symlink, utimes } from "node:fs/promises";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { type PathHeader, withFolders } from "./folders-around.ts";
import type { PackedEntry, Packing } from "./packed-files.ts";

/** What a path is, the last link not followed. */
const headerOf = async (path: string): Promise<PathHeader | undefined> => {
  try {
    const stats = await lstat(path);
    const type = stats.isSymbolicLink() ? "symlink" : stats.isDirectory() ? "directory" : "file";
    return {
      type,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      ...(type === "symlink" ? { linkname: await readlink(path) } : {}),
    };
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
};

/**
 * Puts packed files into the root it runs in, with the owners, modes and times that an archive given to the
 * Docker engine would have. Runs inside a build's container, where there may be no tar.
 */
export const placeFiles = async (pack: string, { entries, offset, students }: Packing, root = "/"): Promise<void> => {
  const at = (name: string): string => posix.join(root, name);
  const isStudents = new Set(students.folders);
  let next = offset;
  const contents = entries.map((entry) => {
    const start = next;
    next += entry.size;
    return { ...entry, start };
  });
  const { folders, others } = await withFolders(
    contents,
    (path) => headerOf(at(path)),
    (path) => ({
      mode: 0o755,
      ...(isStudents.has(path) ? { uid: students.uid, gid: students.gid } : { uid: 0, gid: 0 }),
    }),
  );
  const made = [...folders.map((folder) => ({ ...folder, size: 0, start: offset })), ...others];
  const byName = made.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of byName) await place(entry, { path: at(entry.name), pack, start: entry.start });
  // Last, and from the inside out: whatever is made in a folder touches it.
  for (const { name, type } of byName.toReversed())
    await (type === "link" ? lutimes(at(name), 0, 0) : utimes(at(name), 0, 0));
};

const place = async (
  entry: PackedEntry,
  { path, pack, start }: { readonly path: string; readonly pack: string; readonly start: number },
): Promise<void> => {
  const there = await headerOf(path);
  if (entry.type === "folder") {
    if (there?.type !== "directory") {
      await rm(path, { force: true });
      await mkdir(path, { recursive: true });
    }
  } else {
    if (there) await rm(path, { force: true, recursive: true });
    if (entry.type === "link") await symlink(entry.target ?? "", path);
    else if (entry.size === 0) await pipeline([], createWriteStream(path));
    else await pipeline(createReadStream(pack, { start, end: start + entry.size - 1 }), createWriteStream(path));
  }
  if (entry.type === "link") return;
  await chown(path, entry.uid, entry.gid);
  await chmod(path, entry.mode);
};

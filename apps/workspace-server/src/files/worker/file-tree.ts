import { createHash } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { FileEntry } from "@atelier/contract";
import { type FileJail, FileProblem, stands } from "./file-jail.ts";

/** Names the state of a file; another one means that somebody wrote it. */
export const etagOf = (stats: BigIntStats): string =>
  createHash("sha256")
    .update(`${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`)
    .digest("base64url")
    .slice(0, 22);

/** A regular file, opened so that neither a link nor a pipe in its place can do harm. */
export const openRegular = async (path: string): Promise<{ handle: FileHandle; stats: BigIntStats }> => {
  // A device's open may already do something, so it is looked at first.
  if (!(await lstat(path)).isFile()) throw new FileProblem("file-not-regular", "This is not a plain file.");
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stats = await handle.stat({ bigint: true });
  if (stats.isFile()) return { handle, stats };
  await handle.close();
  throw new FileProblem("file-not-regular", "This is not a plain file.");
};

/** What stands at a path; `shown` is the path as the student knows it. */
export const entryOf = async (path: string, shown: string, jail: FileJail): Promise<FileEntry> => {
  const own = await lstat(path);
  const link = own.isSymbolicLink();
  const seen = link
    ? await jail.existing(path).then(
        (real) => stat(real),
        () => undefined,
      )
    : own;
  return {
    name: basename(shown),
    path: shown,
    kind: seen?.isDirectory() ? "folder" : seen?.isFile() ? "file" : "other",
    link,
    size: seen?.isFile() ? seen.size : 0,
    modified: new Date(Math.max(0, (seen ?? own).mtimeMs)).toISOString(),
  };
};

export const listFolder = async (
  shown: string,
  jail: FileJail,
  most: number,
): Promise<{ readonly entries: readonly FileEntry[]; readonly truncated: boolean }> => {
  const path = await jail.existing(shown);
  if (!(await stat(path)).isDirectory()) throw new FileProblem("file-not-regular", "This is not a folder.");
  const names = await readdir(path);
  const entries: FileEntry[] = [];
  // Gone in the meantime, or a name that is no text: then there is nothing to show.
  for (const name of names.slice(0, most))
    await entryOf(join(path, name), join(shown, name), jail).then(
      (entry) => entries.push(entry),
      () => undefined,
    );
  const rank = ({ kind }: FileEntry): number => (kind === "folder" ? 0 : 1);
  return {
    entries: entries.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1)),
    truncated: names.length > most,
  };
};

export const makeFolder = async (shown: string, jail: FileJail): Promise<FileEntry> => {
  const path = await jail.place(shown);
  await mkdir(path);
  return entryOf(path, shown, jail);
};

/** Renames without replacing. */
export const renameEntry = async (
  { from, to }: { readonly from: string; readonly to: string },
  jail: FileJail,
): Promise<FileEntry> => {
  const [source, target] = [await jail.place(from), await jail.place(to)];
  await lstat(source);
  if (target === source || target.startsWith(`${source}/`))
    throw new FileProblem("file-denied", "A folder cannot move into itself.");
  if (await stands(target)) throw new FileProblem("file-exists", "There is something of that name already.");
  await rename(source, target);
  return entryOf(target, to, jail);
};

/** A link goes, what it leads to stays. */
export const removeEntry = async (shown: string, jail: FileJail): Promise<void> => {
  const path = await jail.place(shown);
  await lstat(path);
  await rm(path, { recursive: true });
};

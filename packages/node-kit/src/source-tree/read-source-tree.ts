import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, readlink, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { AppError, type SourceEntry, type SourceTree } from "@atelier/domain";

/** Content up to this size is kept whole; of larger files only the beginning. */
export const maxContentBytes = 1024 * 1024;
const excerptBytes = 4096;
/** Never part of a workshop, and large enough to hurt. */
const skippedNames = new Set([".git", "node_modules"]);
/** A folder with more entries than this is not a workshop but a mistake (a home, the file system's root). */
const maxEntries = 50_000;
const chunkBytes = 256 * 1024;

/**
 * Reads a workshop folder into memory: names, sizes, digests, and the content of files up to 1 MiB.
 * Follows no symbolic link; of one it says where it leads when that stays inside. Skips `.git` and
 * `node_modules`; applies no ignore file (`parseWorkshop` does). Paths that vanish meanwhile are left out.
 * Throws `folder-not-found`, `folder-unreadable`, `folder-too-large` as `AppError`.
 */
export const readSourceTree = async (
  folder: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<SourceTree> => {
  const root = await rootOf(folder);
  const entries = new Map<string, SourceEntry>();
  const pending = [""];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    options.signal?.throwIfAborted();
    for (const name of await namesIn(join(root, path), path)) {
      const child = path === "" ? name : `${path}/${name}`;
      const entry = await readEntry(root, child, options.signal);
      if (entry === undefined) continue;
      entries.set(child, entry);
      if (entry.kind === "folder") pending.push(child);
      if (entries.size > maxEntries) throw tooLarge(folder);
    }
  }
  return { entries: new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1))) };
};

const rootOf = async (folder: string): Promise<string> => {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) return root;
  } catch (cause) {
    if (!isMissing(cause)) throw unreadable(folder, cause);
  }
  throw new AppError("folder-not-found", `There is no folder ${folder}.`, {
    hint: "Name the folder that holds workshop.yaml.",
  });
};

const namesIn = async (path: string, shown: string): Promise<readonly string[]> => {
  try {
    return (await readdir(path)).filter((name) => !skippedNames.has(name));
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw unreadable(shown || path, cause);
  }
};

const readEntry = async (root: string, path: string, signal?: AbortSignal): Promise<SourceEntry | undefined> => {
  const absolute = join(root, path);
  try {
    const info = await lstat(absolute);
    if (info.isDirectory()) return { kind: "folder" };
    if (info.isSymbolicLink()) return await readLink(root, absolute);
    if (!info.isFile()) return { kind: "special" };
    return await readFile(absolute, signal);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    // Something put a link in place of the file after we looked: O_NOFOLLOW refuses it.
    if ((cause as NodeJS.ErrnoException).code === "ELOOP") return { kind: "special" };
    if (signal?.aborted) throw cause;
    throw unreadable(path, cause);
  }
};

const readLink = async (root: string, absolute: string): Promise<SourceEntry> => {
  const target = await readlink(absolute);
  try {
    const inside = relative(root, await realpath(absolute));
    const leaves = inside === ".." || inside.startsWith(`..${sep}`);
    const isSkipped = inside.split(sep).some((part) => skippedNames.has(part));
    return leaves || isSkipped
      ? { kind: "link", target }
      : { kind: "link", target, resolved: inside.split(sep).join("/") };
  } catch {
    return { kind: "link", target };
  }
};

const readFile = async (absolute: string, signal?: AbortSignal): Promise<SourceEntry> => {
  await using file = await open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const info = await file.stat();
  if (!info.isFile()) return { kind: "special" };
  const { size, head, digest } = await digestAndHead(file, signal);
  const truncated = size > maxContentBytes;
  return {
    kind: "file",
    size,
    executable: (info.mode & 0o111) !== 0,
    bytes: truncated ? head.subarray(0, excerptBytes) : head,
    truncated,
    digest: `sha256:${digest}`,
  };
};

/** One pass over the file: its hash, its real size, and as much of its beginning as is kept. */
const digestAndHead = async (
  file: FileHandle,
  signal?: AbortSignal,
): Promise<{ readonly size: number; readonly head: Uint8Array; readonly digest: string }> => {
  const hash = createHash("sha256");
  const kept: Uint8Array[] = [];
  const chunk = new Uint8Array(chunkBytes);
  let size = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, chunk.length, size);
    if (bytesRead === 0) break;
    const part = chunk.slice(0, bytesRead);
    hash.update(part);
    if (size <= maxContentBytes) kept.push(part);
    size += bytesRead;
  }
  return { size, head: new Uint8Array(Buffer.concat(kept)), digest: hash.digest("hex") };
};

const isMissing = (cause: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes((cause as NodeJS.ErrnoException).code ?? "");

const unreadable = (path: string, cause: unknown): AppError =>
  new AppError(
    "folder-unreadable",
    `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      hint: "Check its permissions.",
      cause,
    },
  );

const tooLarge = (folder: string): AppError =>
  new AppError("folder-too-large", `${folder} holds more than ${maxEntries} files and folders.`, {
    hint: "Name the workshop's own folder, or move what does not belong to it elsewhere.",
  });

import { createHash } from "node:crypto";
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { ManifestEntry } from "@atelier/domain";
import { chooseEntries, isBelow } from "./choose-entries.ts";
import type { CheckpointLimits } from "./limits.ts";
import { sizeText } from "../limits/size-text.ts";

export interface SkippedPath {
  readonly path: string;
  readonly why: string;
  /** Of a file that is too big: tells whether it is still the one that was there before. */
  readonly stamp?: string | undefined;
}

/** What a scan found. `signatures` let the next scan skip the hashing of files that did not change. */
export interface ScanResult {
  readonly entries: Record<string, ManifestEntry>;
  readonly signatures: Record<string, string>;
  readonly skipped: readonly SkippedPath[];
  /** Folders with more entries than there is room for: what is missing of them in `entries` may exist. */
  readonly unseen: readonly string[];
}

/** What is known of the layer when it was fresh. */
export interface FreshLayer {
  /** When it was looked at, in ms since the epoch: what changed since has a later `ctime`. */
  readonly at: number;
  /** Folders that were too much already then; of these a later scan tells only what changed. */
  readonly unseen: readonly string[];
}

export interface ScanOptions {
  /** Absolute folders; nested ones are walked once. */
  readonly roots: readonly string[];
  readonly limits: CheckpointLimits;
  /** Digests of an earlier scan by path. */
  readonly known?: { readonly signatures: Record<string, string>; readonly entries: Record<string, ManifestEntry> };
  readonly fresh?: FreshLayer | undefined;
}

/**
 * Reads what stands below the roots without following a single link. Devices, FIFOs and sockets are
 * left out silently (they are not work); what is too big or unreadable is listed.
 * Gotchas: synchronous, since a call through the thread pool costs ten times the call itself; the roots themselves are not entries, so that a home's own mode never counts as a change.
 */
export const scanRoots = ({ roots, limits, known, fresh }: ScanOptions): ScanResult => {
  const entries: Record<string, ManifestEntry> = {};
  const signatures: Record<string, string> = {};
  const skipped: SkippedPath[] = [];

  const visit = (path: string): void => {
    const stats = lstatSync(path, { bigint: true });
    const mode = Number(stats.mode) & 0o777;
    if (stats.isSymbolicLink()) {
      entries[path] = { kind: "link", target: readlinkSync(path) };
      return;
    }
    if (stats.isDirectory()) {
      entries[path] = { kind: "folder", mode };
      return;
    }
    if (!stats.isFile()) return;
    const size = Number(stats.size);
    if (size > limits.fileBytes) {
      const why = `larger than ${sizeText(limits.fileBytes)} (${sizeText(size)})`;
      // Neither device nor inode: those of the same file differ where an engine has it from another layer.
      skipped.push({ path, why, stamp: `${size}:${mode}:${stats.mtimeNs}` });
      return;
    }
    const signature = signatureOf(stats);
    const before = known?.signatures[path] === signature ? known.entries[path] : undefined;
    entries[path] = before ?? { kind: "file", mode, size, digest: digestOf(path) };
    signatures[path] = signature;
  };

  const look = (path: string): void => {
    try {
      visit(path);
    } catch (error) {
      const known = error as NodeJS.ErrnoException;
      if (known.code !== "ENOENT") skipped.push({ path, why: reasonOf(known) });
      // It was listed a moment ago under a name that is no text, and nobody can ask for it by that.
      else if (path.includes("\ufffd")) skipped.push({ path, why: "its name is not valid UTF-8" });
    }
  };

  const ofImage = new Set(fresh?.unseen);
  const { paths, leftOut } = chooseEntries({
    roots: outermost(roots),
    most: limits.files,
    ignored: limits.ignored,
    isChanged: (path) => fresh !== undefined && isChangedSince(path, fresh.at),
    isOnlyChanges: (folder) => isBelow(folder, ofImage),
    onUnreadable: (path, error) => {
      // A name that is no text, or a path that is too long, is told of when the folder itself is looked at.
      if (error.code !== "ENOENT" && error.code !== "ENAMETOOLONG") skipped.push({ path, why: reasonOf(error) });
    },
  });
  for (const path of paths) look(path);
  skipped.push(...leftOutOf(leftOut, limits.files));
  return { entries, signatures, skipped, unseen: [...new Set([...ofImage, ...leftOut])] };
};

/** So many folders are named. */
const mostNamed = 20;

const leftOutOf = (folders: readonly string[], files: number): readonly SkippedPath[] =>
  folders.slice(0, mostNamed).map((path, index) => {
    const more = index === mostNamed - 1 ? folders.length - mostNamed : 0;
    const others = more === 0 ? "" : `, nor of ${more} more`;
    return { path, why: `more than ${files} entries altogether: not all of this folder is saved${others}` };
  });

/** A `ctime` cannot be set: unpacking an old archive changes it, too. */
const isChangedSince = (path: string, at: number): boolean => {
  try {
    return lstatSync(path).ctimeMs >= at;
  } catch {
    // What is wrong with it is told when it is looked at.
    return true;
  }
};

/** Opens a regular file for reading, or fails: never a link, never blocking on a FIFO. */
export const openRegularFile = async (path: string): Promise<FileHandle> => {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if ((await handle.stat()).isFile()) return handle;
    throw new Error("not a regular file any more");
  } catch (error) {
    await handle.close();
    throw error;
  }
};

const piece = Buffer.allocUnsafe(256 * 1024);

const digestOf = (path: string): string => {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw new Error("not a regular file any more");
    const hash = createHash("sha256");
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
    return hash.digest("hex");
  } finally {
    closeSync(file);
  }
};

const signatureOf = (stats: BigIntStats): string =>
  `${stats.dev}:${stats.ino}:${stats.size}:${stats.mode}:${stats.mtimeNs}:${stats.ctimeNs}`;

const reasonOf = ({ code, message }: NodeJS.ErrnoException): string =>
  code === "EACCES" || code === "EPERM"
    ? "not readable for the student"
    : code === "ENAMETOOLONG"
      ? "its path is too long"
      : message;

/** Drops roots that lie below another one. */
export const outermost = (roots: readonly string[]): readonly string[] =>
  [...new Set(roots)].filter(
    (root) => !roots.some((other) => other !== root && root.startsWith(other === "/" ? "/" : `${other}/`)),
  );

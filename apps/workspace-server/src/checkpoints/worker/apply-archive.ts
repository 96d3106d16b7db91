import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, rm, rmdir, symlink, unlink, utimes } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { SkippedPath } from "../scan-roots.ts";
import { entriesOf } from "./entries-of.ts";

export interface ApplyOptions {
  /** Absolute folders; nothing outside them is ever written or removed. */
  readonly roots: readonly string[];
  /** Paths of the archive to apply; others are passed over. */
  readonly apply: ReadonlySet<string>;
  /** Absolute paths to remove first, children before parents. */
  readonly remove: readonly string[];
}

export interface ApplySummary {
  readonly applied: number;
  readonly removed: number;
  readonly skipped: readonly SkippedPath[];
}

/**
 * Brings a saved state back, as the identity of this process. Names that are absolute, climb, or pass
 * through a link are refused one by one; the rest goes on. Modes are cut to 0777: no setuid comes back.
 */
export const applyArchive = async (input: Readable, { roots, apply, remove }: ApplyOptions): Promise<ApplySummary> => {
  const skipped: SkippedPath[] = [];
  let applied = 0;
  let removed = 0;

  const guard = async (path: string, action: () => Promise<void>): Promise<boolean> => {
    try {
      const root = roots.find((candidate) => path.startsWith(candidate === "/" ? "/" : `${candidate}/`));
      if (root === undefined || path.split("/").some((part) => part === ".." || part === "."))
        throw new Error("outside the saved folders");
      await refuseLinksAbove(path, root);
      await action();
      return true;
    } catch (error) {
      skipped.push({ path, why: (error as Error).message });
      return false;
    }
  };

  for (const path of remove) if (await guard(path, () => removeOne(path))) removed++;

  const folders: { path: string; mode: number; mtime: Date }[] = [];
  for await (const entry of entriesOf(input)) {
    const { name, type, mode, linkname, mtime } = entry.header;
    const path = `/${name.replace(/\/+$/, "")}`;
    const permissions = (mode ?? 0o644) & 0o777;
    if (apply.has(path) && (type === "file" || type === "directory" || type === "symlink")) {
      const isDone = await guard(path, async () => {
        if (type === "directory") {
          await replaceUnlessFolder(path);
          folders.push({ path, mode: permissions, mtime: mtime ?? new Date(0) });
        } else if (type === "symlink") {
          await clear(path);
          await symlink(linkname ?? "", path);
        } else {
          await clear(path);
          await writeNew(path, entry, { mode: permissions, mtime: mtime ?? new Date(0) });
        }
      });
      if (isDone) applied++;
    }
    entry.resume();
  }
  // Last and deepest first: a folder may be read-only, and writing into it touches its time.
  for (const { path, mode, mtime } of folders.toReversed())
    await guard(path, async () => {
      await chmod(path, mode);
      await utimes(path, mtime, mtime);
    });
  return { applied, removed, skipped };
};

const refuseLinksAbove = async (path: string, root: string): Promise<void> => {
  for (let end = path.indexOf("/", root.length + 1); end !== -1; end = path.indexOf("/", end + 1)) {
    const parent = path.slice(0, end);
    const stats = await lstat(parent).catch(() => undefined);
    if (stats === undefined) await mkdir(parent);
    else if (!stats.isDirectory()) throw new Error(`${parent} is not a folder`);
  }
};

const removeOne = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  await (stats.isDirectory() ? rmdir(path) : unlink(path));
};

const clear = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (stats.isDirectory()) await rm(path, { recursive: true });
  else await unlink(path);
};

const replaceUnlessFolder = async (path: string): Promise<void> => {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isDirectory()) {
    await chmod(path, 0o700);
    return;
  }
  if (stats !== undefined) await unlink(path);
  await mkdir(path, { mode: 0o700 });
};

const writeNew = async (
  path: string,
  content: AsyncIterable<Uint8Array>,
  { mode, mtime }: { mode: number; mtime: Date },
): Promise<void> => {
  await using handle = await open(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  for await (const chunk of content) await handle.writeFile(chunk);
  await handle.chmod(mode);
  await handle.utimes(mtime, mtime);
};

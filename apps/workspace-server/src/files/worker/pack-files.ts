import { lstat, readdir, readlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Pack, pack } from "tar-stream";
import { openRegular } from "./file-tree.ts";

/** Beyond this a folder is no download any more. */
const most = { files: 50_000, bytes: 2 * 1024 ** 3 };

/**
 * Writes files as a tar, links as links and never followed. Names are relative to the folder around
 * `path`; with `paths` exactly those, by their absolute names. What cannot be read is left out and named
 * in `NOT-INCLUDED.txt`.
 */
export const packFiles = async (
  { path, paths }: { readonly path: string; readonly paths?: readonly string[] },
  output: Writable,
): Promise<void> => {
  const archive = pack();
  const done = pipeline(archive, output);
  // It may be over long before it is waited for.
  done.catch(() => undefined);
  const missing: string[] = [];
  const base = dirname(path);
  const nameOf = (file: string): string =>
    paths === undefined ? file.slice(base === "/" ? 1 : base.length + 1) : file.slice(1);
  const sum = { files: 0, bytes: 0 };

  const add = async (file: string): Promise<void> => {
    try {
      const stats = await lstat(file);
      const header = { name: nameOf(file), mode: stats.mode & 0o777, mtime: stats.mtime, uid: 0, gid: 0 };
      if (++sum.files > most.files) throw new Error(`more than ${most.files} files`);
      if (stats.isSymbolicLink()) archive.entry({ ...header, type: "symlink", linkname: await readlink(file) });
      else if (stats.isDirectory()) {
        archive.entry({ ...header, type: "directory" });
        if (paths === undefined) for (const name of (await readdir(file)).sort()) await add(join(file, name));
      } else if (stats.isFile()) {
        sum.bytes += stats.size;
        if (sum.bytes > most.bytes) throw new Error(`more than ${most.bytes} bytes`);
        await addContent(archive, file, header);
      }
    } catch (error) {
      missing.push(`${file}: ${(error as Error).message}`);
    }
  };

  for (const file of paths ?? [path]) await add(file);
  if (missing.length > 0)
    archive.entry(
      { name: paths === undefined ? join(basename(path), "NOT-INCLUDED.txt") : "NOT-INCLUDED.txt" },
      `${missing.join("\n")}\n`,
    );
  archive.finalize();
  await done;
};

/** Exactly as many bytes as the header says, also when the file grows or shrinks meanwhile. */
const addContent = async (
  archive: Pack,
  file: string,
  header: { readonly name: string; readonly mode: number; readonly mtime: Date },
): Promise<void> => {
  const { handle, stats } = await openRegular(file);
  await using _closing = handle;
  const size = Number(stats.size);
  const entry = archive.entry({ ...header, size, type: "file" }) as unknown as Writable;
  const ended = new Promise<void>((resolve, reject) => entry.once("finish", resolve).once("error", reject));
  const buffer = Buffer.alloc(256 * 1024);
  for (let left = size; left > 0; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, left), null).catch((error: Error) => {
      // Its header is out: what follows would be taken for the rest of it.
      archive.destroy(error);
      throw error;
    });
    const chunk =
      bytesRead === 0 ? Buffer.alloc(Math.min(buffer.length, left)) : Buffer.from(buffer.subarray(0, bytesRead));
    left -= chunk.length;
    if (!entry.write(chunk)) await once(entry, "drain");
  }
  entry.end();
  await ended;
};

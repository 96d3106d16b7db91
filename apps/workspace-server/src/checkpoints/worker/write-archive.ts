import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { lstat, readlink } from "node:fs/promises";
import { pack } from "tar-stream";
import { openRegularFile, type SkippedPath } from "../scan-roots.ts";
import { sizeText } from "../../limits/size-text.ts";

export interface ArchiveSummary {
  readonly files: number;
  readonly bytes: number;
  readonly skipped: readonly SkippedPath[];
}

/**
 * Writes the named paths as a tar stream. Names in the archive are the absolute paths without the
 * leading slash. A file that changed size while it was read is padded or cut by no one: it is read
 * whole into memory first (the per-file cap bounds that) and its header is made from what was read.
 */
export const writeArchive = async (
  paths: readonly string[],
  output: Writable,
  limits: { readonly totalBytes: number; readonly fileBytes: number },
): Promise<ArchiveSummary> => {
  const archive = pack();
  const done = pipeline(archive, output);
  const skipped: SkippedPath[] = [];
  let files = 0;
  let bytes = 0;
  for (const path of paths) {
    try {
      const stats = await lstat(path);
      const header = { name: path.slice(1), mode: stats.mode & 0o777, mtime: stats.mtime, uid: 0, gid: 0 };
      if (stats.isSymbolicLink()) {
        archive.entry({ ...header, type: "symlink", linkname: await readlink(path) });
      } else if (stats.isDirectory()) {
        archive.entry({ ...header, type: "directory" });
      } else if (stats.isFile()) {
        if (stats.size > limits.fileBytes || bytes + stats.size > limits.totalBytes) {
          skipped.push({
            path,
            why:
              stats.size > limits.fileBytes
                ? `larger than ${sizeText(limits.fileBytes)}`
                : `the checkpoint would exceed ${sizeText(limits.totalBytes)}`,
          });
          continue;
        }
        await using handle = await openRegularFile(path);
        const content = await handle.readFile();
        bytes += content.length;
        await new Promise<void>((resolve, reject) => {
          archive.entry({ ...header, type: "file", size: content.length }, content, (error) =>
            error ? reject(error) : resolve(),
          );
        });
      } else continue;
      files++;
    } catch (error) {
      skipped.push({ path, why: (error as Error).message });
    }
  }
  archive.finalize();
  await done;
  return { files, bytes, skipped };
};

import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { bytesOfSource, type SourceFile } from "./source-file.ts";

/** One entry of a layer. `name` is relative to the archive's root, without a leading slash. */
export interface TarEntry {
  readonly name: string;
  readonly type: "file" | "folder" | "link";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly content?: string | Uint8Array | SourceFile;
  readonly target?: string;
}

/** The one time all our layers carry, so that the same input makes the same bytes. */
export const layerTime = new Date(0);

/** A tar stream of the entries, sorted by name, with fixed times and numeric owners only. */
export const makeTar = (entries: readonly TarEntry[]): Readable => {
  const archive = pack();
  const fill = async (): Promise<void> => {
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
      const header = { name: entry.name, mode: entry.mode, uid: entry.uid, gid: entry.gid, mtime: layerTime };
      const { content = "" } = entry;
      if (entry.type === "folder") archive.entry({ ...header, type: "directory" });
      else if (entry.type === "link") archive.entry({ ...header, type: "symlink", linkname: entry.target ?? "" });
      else if (typeof content === "string" || content instanceof Uint8Array)
        archive.entry({ ...header, type: "file" }, Buffer.from(content));
      else await streamFile(content);

      async function streamFile(source: SourceFile): Promise<void> {
        await pipeline(bytesOfSource(source), archive.entry({ ...header, type: "file", size: source.size }));
      }
    }
    archive.finalize();
  };
  // Whoever reads the answer learns of a failure there; unheard, the inner stream would throw it once more.
  archive.on("error", () => {});
  fill().catch((error: Error) => archive.destroy(error));
  return Readable.from(archive);
};

/** Everything below a folder of the host as root-owned entries under `prefix`; links stay links. */
export const entriesOfFolder = async (folder: string, prefix: string): Promise<readonly TarEntry[]> => {
  const entries: TarEntry[] = [];
  const visit = async (path: string, name: string): Promise<void> => {
    const stats = await lstat(path);
    const owner = { uid: 0, gid: 0 };
    if (stats.isSymbolicLink())
      entries.push({ name, type: "link", mode: 0o777, ...owner, target: await readlink(path) });
    else if (stats.isDirectory()) {
      entries.push({ name, type: "folder", mode: 0o755, ...owner });
      for (const child of await readdir(path)) await visit(join(path, child), `${name}/${child}`);
    } else if (stats.isFile())
      entries.push({
        name,
        type: "file",
        mode: stats.mode & 0o111 ? 0o755 : 0o644,
        ...owner,
        content: { file: path, size: stats.size },
      });
  };
  await visit(folder, prefix);
  return entries;
};

import { lstat, readlink } from "node:fs/promises";
import type { Readable } from "node:stream";
import { openRegularFile } from "../scan-roots.ts";
import { entriesOf } from "./entries-of.ts";
import type { Side } from "./orders.ts";

/** A longer text is shown as what it is, not line by line. */
const longestText = 256 * 1024;

/** What an archive and the file system hold of the same paths, to be shown side by side. */
export const compareWithArchive = async (
  input: Readable,
  paths: readonly string[],
): Promise<{ readonly archive: Record<string, Side>; readonly present: Record<string, Side> }> => {
  const wanted = new Set(paths);
  const archive: Record<string, Side> = {};
  for await (const entry of entriesOf(input)) {
    const path = `/${entry.header.name.replace(/\/+$/, "")}`;
    if (wanted.has(path)) {
      if (entry.header.type === "directory") archive[path] = { is: "folder" };
      else if (entry.header.type === "symlink") archive[path] = { is: "link", text: entry.header.linkname ?? "" };
      else if ((entry.header.size ?? 0) > longestText) archive[path] = { is: "binary" };
      else {
        const chunks: Uint8Array[] = [];
        for await (const chunk of entry) chunks.push(chunk);
        archive[path] = sideOf(Buffer.concat(chunks));
      }
    }
    entry.resume();
  }
  const present: Record<string, Side> = {};
  for (const path of paths) {
    const side = await look(path).catch(() => undefined);
    if (side) present[path] = side;
  }
  return { archive, present };
};

const look = async (path: string): Promise<Side | undefined> => {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return { is: "link", text: await readlink(path) };
  if (stats.isDirectory()) return { is: "folder" };
  if (!stats.isFile()) return undefined;
  if (stats.size > longestText) return { is: "binary" };
  await using handle = await openRegularFile(path);
  return sideOf(await handle.readFile());
};

const sideOf = (content: Buffer): Side =>
  content.includes(0) ? { is: "binary" } : { is: "text", text: content.toString("utf8") };

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * SHA-256 over the relative names and the contents of files and of everything below folders, in an order
 * that no file system decides. Paths that do not exist count as empty.
 */
export const digestOfFiles = async (
  root: string,
  paths: readonly string[],
  isLeftOut: (name: string) => boolean = () => false,
): Promise<string> => {
  const hash = createHash("sha256");
  const visit = async (path: string): Promise<void> => {
    const entries = await readdir(join(root, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTDIR") return undefined;
      if (error.code === "ENOENT") return [];
      throw error;
    });
    if (entries === undefined) {
      const content = await readFile(join(root, path));
      // The length keeps one file's end apart from the next one's name.
      hash.update(JSON.stringify([path, content.length])).update(content);
      return;
    }
    for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1)))
      if (!isLeftOut(name)) await visit(path === "." ? name : `${path}/${name}`);
  };
  for (const path of paths) await visit(path);
  return hash.digest("hex");
};

import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, normalize } from "node:path";
import type { FileFault } from "../file-order.ts";

/** Why an order could not be carried out, in words for the student. */
export class FileProblem extends Error {
  readonly code: FileFault;
  constructor(code: FileFault, message: string) {
    super(message);
    this.code = code;
  }
}

const isBelow = (path: string, root: string): boolean =>
  path === root || path.startsWith(root === "/" ? "/" : `${root}/`);

/**
 * Where paths lead once every link has been followed, and only if that is below one of the roots. What the
 * student may not touch the kernel refuses, since this process is theirs; the roots keep a student who is
 * root from reaching the machine's files by a link, and an author's mistake from showing them.
 */
export interface FileJail {
  /** Of something that exists, links followed. */
  existing(path: string): Promise<string>;
  /** Of a name in a folder that exists; the name itself is not followed. */
  place(path: string): Promise<string>;
}

export const createFileJail = async (roots: readonly string[]): Promise<FileJail> => {
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
  const within = (path: string): string => {
    if (!real.some((root) => isBelow(path, root)))
      throw new FileProblem("file-outside", "This path leads out of your files.");
    return path;
  };
  const plain = (path: string): string => {
    if (!path.startsWith("/") || path.includes("\0"))
      throw new FileProblem("file-outside", "This is not a path of your files.");
    const clean = normalize(path).replace(/(?<=.)\/+$/, "");
    if (![...roots, ...real].some((root) => isBelow(clean, root)))
      throw new FileProblem("file-outside", "This path leads out of your files.");
    return clean;
  };
  return {
    existing: async (path) => within(await realpath(plain(path))),
    place: async (path) => {
      const clean = plain(path);
      if (real.includes(clean) || roots.includes(clean))
        throw new FileProblem("file-denied", "This folder is where your files begin; it stays.");
      return join(within(await realpath(dirname(clean))), basename(clean));
    },
  };
};

/** Whether something stands there, links not followed. */
export const stands = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

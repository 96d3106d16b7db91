import { posix } from "node:path";
import type { TarEntry } from "../tar/make-tar.ts";

/** What a tar header says of a path. */
export interface PathHeader {
  /** `directory`, `symlink`, `file` or another of tar's words. */
  readonly type?: string | null;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly linkname?: string | null;
}

/** Header of a path in the image below, the last link not followed; undefined when there is nothing. */
export type ReadHeader = (path: string) => Promise<PathHeader | undefined>;

/** Owner and mode of a folder that the image lacks. */
export type NewFolder = (path: string) => Pick<TarEntry, "mode" | "uid" | "gid">;

export interface FoldersAround {
  readonly folders: readonly TarEntry[];
  /** Where a target really is: a layer that went through a link would hide the link behind a folder. */
  readonly realPathOf: (target: string) => string;
}

/** More links than that on one way are a circle. */
const mostLinks = 40;

/**
 * Entries for every folder above the targets. One that exists keeps its mode and owner; one that does not
 * is made as `newFolder` says, because the engine would make it root's. Naming them all fixes their times
 * too: a folder the engine touches carries the time of the build, and the same input would make other bytes.
 */
export const foldersAround = async (
  targets: readonly string[],
  readHeader: ReadHeader,
  newFolder: NewFolder,
): Promise<FoldersAround> => {
  const headers = new Map<string, Promise<PathHeader | undefined>>();
  const headerOf = (path: string): Promise<PathHeader | undefined> => {
    const known = headers.get(path) ?? readHeader(path);
    headers.set(path, known);
    return known;
  };
  const folders = new Map<string, TarEntry>();
  /** Walks down to a folder and answers where it really is; undefined when something else is in the way. */
  const walk = async (path: string, way: { links: number }): Promise<string | undefined> => {
    let place = "/";
    for (const name of path.split("/").filter((part) => part !== "")) {
      const next = posix.join(place, name);
      const header = await headerOf(next);
      if (header?.type === "symlink") {
        if (++way.links > mostLinks) return undefined;
        const target = await walk(posix.resolve(place, header.linkname ?? ""), way);
        if (target === undefined) return undefined;
        place = target;
        continue;
      }
      if (header !== undefined && header.type !== "directory") return undefined;
      const owner = header
        ? { mode: (header.mode ?? 0o755) & 0o7777, uid: header.uid ?? 0, gid: header.gid ?? 0 }
        : newFolder(next);
      folders.set(next, { name: next.slice(1), type: "folder", ...owner });
      place = next;
    }
    return place;
  };
  // At once: most of the time goes into waiting for headers.
  const ways = new Set(targets.map((target) => posix.dirname(target)));
  const places = new Map<string, string>();
  await Promise.all(
    [...ways].map(async (folder) => {
      const place = await walk(folder, { links: 0 });
      if (place !== undefined) places.set(folder, place);
    }),
  );
  return {
    folders: [...folders.values()],
    realPathOf: (target) => {
      const folder = posix.dirname(target);
      return posix.join(places.get(folder) ?? folder, posix.basename(target));
    },
  };
};

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

/** What is to come into an image. */
export type Placed = Pick<TarEntry, "name" | "type" | "mode" | "uid" | "gid">;

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
  const { folders, placeOf } = await walkFolders(targets.map(posix.dirname), { readHeader, newFolder });
  return { folders: [...folders.values()], realPathOf: (target) => realPath(target, placeOf) };
};

/**
 * Entries under the names where they really come to be, and every folder that is above them or among them.
 * A folder that the image has stays as it is, whether it was asked for or is only on the way, and a link to
 * one is followed; what the image lacks is made as asked for, else as `newFolder` says. Only what is no
 * folder gives way to one that was asked for.
 */
export const withFolders = async <E extends Placed>(
  entries: readonly E[],
  readHeader: ReadHeader,
  newFolder: NewFolder,
): Promise<{ readonly folders: readonly TarEntry[]; readonly others: readonly E[] }> => {
  const asked = new Map(entries.filter(({ type }) => type === "folder").map((entry) => [`/${entry.name}`, entry]));
  const others = entries.filter(({ type }) => type !== "folder");
  const { folders, placeOf, isNew } = await walkFolders(
    [...asked.keys(), ...others.map(({ name }) => posix.dirname(`/${name}`))],
    { readHeader, newFolder, isAsked: (path) => asked.has(path) },
  );
  for (const [path, { mode, uid, gid }] of asked) {
    const place = placeOf(path);
    if (place !== undefined && isNew(place))
      folders.set(place, { name: place.slice(1), type: "folder", mode, uid, gid });
  }
  return {
    folders: [...folders.values()],
    others: others.map((entry) => ({ ...entry, name: realPath(`/${entry.name}`, placeOf).slice(1) })),
  };
};

type PlaceOf = (folder: string) => string | undefined;

const realPath = (target: string, placeOf: PlaceOf): string => {
  const folder = posix.dirname(target);
  return posix.join(placeOf(folder) ?? folder, posix.basename(target));
};

interface Walk {
  readonly readHeader: ReadHeader;
  readonly newFolder: NewFolder;
  /** Whether there is to be a folder at a path, whatever else is there now. */
  readonly isAsked?: (path: string) => boolean;
}

/** Walks down to each of the paths as to a folder. */
const walkFolders = async (
  paths: readonly string[],
  { readHeader, newFolder, isAsked = () => false }: Walk,
): Promise<{
  /** All on the way, by where they really are. */
  readonly folders: Map<string, TarEntry>;
  /** Where one of the paths really is; undefined when something is in the way. */
  readonly placeOf: PlaceOf;
  readonly isNew: (place: string) => boolean;
}> => {
  const headers = new Map<string, Promise<PathHeader | undefined>>();
  const headerOf = (path: string): Promise<PathHeader | undefined> => {
    const known = headers.get(path) ?? readHeader(path);
    headers.set(path, known);
    return known;
  };
  const folders = new Map<string, TarEntry>();
  const created = new Set<string>();
  /** Walks down to a folder and answers where it really is; undefined when something else is in the way. */
  const walk = async (path: string, way: { links: number }): Promise<string | undefined> => {
    let place = "/";
    let gone = "/";
    for (const name of path.split("/").filter((part) => part !== "")) {
      const next = posix.join(place, name);
      gone = posix.join(gone, name);
      const header = await headerOf(next);
      if (header?.type === "symlink") {
        const target =
          ++way.links > mostLinks ? undefined : await walk(posix.resolve(place, header.linkname ?? ""), way);
        if (target !== undefined) {
          place = target;
          continue;
        }
      }
      const isFolder = header?.type === "directory";
      if (header !== undefined && !isFolder && !isAsked(gone)) return undefined;
      if (!isFolder) created.add(next);
      const owner = isFolder
        ? { mode: (header.mode ?? 0o755) & 0o7777, uid: header.uid ?? 0, gid: header.gid ?? 0 }
        : newFolder(next);
      folders.set(next, { name: next.slice(1), type: "folder", ...owner });
      place = next;
    }
    return place;
  };
  // At once: most of the time goes into waiting for headers.
  const places = new Map<string, string>();
  await Promise.all(
    [...new Set(paths)].map(async (path) => {
      const place = await walk(path, { links: 0 });
      if (place !== undefined) places.set(path, place);
    }),
  );
  return { folders, placeOf: (path) => places.get(path), isNew: (place) => created.has(place) };
};

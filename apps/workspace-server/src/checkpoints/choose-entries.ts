import { type Dirent, readdirSync } from "node:fs";
import { isRebuildableName } from "./rebuildable.ts";

export interface ChooseOptions {
  readonly roots: readonly string[];
  /** Most entries to choose. */
  readonly most: number;
  /** Paths to pass over. */
  readonly ignored: readonly string[];
  /** Whether an entry that is no folder changed since the image. */
  readonly isChanged: (path: string) => boolean;
  /** Whether of this folder's files only those that changed are candidates. */
  readonly isOnlyChanges: (folder: string) => boolean;
  /** A folder that cannot be listed. */
  readonly onUnreadable: (folder: string, error: NodeJS.ErrnoException) => void;
}

export interface ChosenEntries {
  /** Parents before what they hold. */
  readonly paths: readonly string[];
  /** Folders of which something was left out; none inside another. */
  readonly leftOut: readonly string[];
}

interface Folder {
  readonly path: string;
  readonly files: string[];
  readonly folders: Folder[];
  /** False of the roots, and of a folder that stands for what changed in it. */
  readonly isEntry: boolean;
  /** There was no room to look into it. */
  isUnread: boolean;
}

/** Names are listed up to this multiple of what may be chosen: a look must end. */
const listedTimes = 10;
/** Where more subfolders than this get nothing, their folder is named in their place. */
const mostNamed = 50;

/**
 * Chooses what of the folders is looked at where there is too much. What can be built anew gets the room that the
 * rest leaves. If the rest alone is too much, each folder gives its files and subfolders equal shares and what the
 * small ones do not need goes to the big ones: so no folder uses up what another needs, whatever its name.
 */
export const chooseEntries = (options: ChooseOptions): ChosenEntries => {
  const { most, isChanged } = options;
  const { top, rebuildable, count } = listWork(options);
  const paths: string[] = [];
  const leftOut = new Set<string>();

  const takeFolder = (folder: Folder): void => {
    if (folder.isEntry) paths.push(folder.path);
    if (folder.isUnread) leftOut.add(folder.path);
  };
  const takeAll = (folder: Folder): void => {
    takeFolder(folder);
    for (const path of folder.files) paths.push(path);
    folder.folders.forEach(takeAll);
  };
  const sizes = new Map<Folder, number>();
  const sizeOf = (folder: Folder): number => {
    const known = sizes.get(folder);
    if (known !== undefined) return known;
    const own = folder.isEntry ? 1 : 0;
    const size = folder.folders.reduce((sum, child) => sum + sizeOf(child), own + folder.files.length);
    sizes.set(folder, size);
    return size;
  };
  const takeFiles = ({ path, files }: Folder, room: number): void => {
    if (room >= files.length) return void files.forEach((file) => paths.push(file));
    leftOut.add(path);
    const changed = new Set(files.filter(isChanged));
    paths.push(...[...changed, ...files.filter((file) => !changed.has(file))].slice(0, room));
  };
  const share = (folder: Folder, room: number): void => {
    if (sizeOf(folder) <= room) return takeAll(folder);
    takeFolder(folder);
    const without: string[] = [];
    const parts = [
      { size: folder.files.length, take: (granted: number) => takeFiles(folder, granted) },
      ...folder.folders.map((child) => ({
        size: sizeOf(child),
        take: (granted: number): void => {
          if (granted > 0 || sizeOf(child) === 0) share(child, granted);
          else without.push(child.path);
        },
      })),
    ].sort((one, other) => one.size - other.size);
    let left = folder.isEntry ? room - 1 : room;
    for (const [index, { size, take }] of parts.entries()) {
      const granted = Math.min(size, Math.floor(left / (parts.length - index)));
      left -= granted;
      take(granted);
    }
    for (const path of without.length > mostNamed ? [folder.path] : without) leftOut.add(path);
  };

  if (count > most) {
    share(top, most);
    for (const folder of rebuildable) leftOut.add(folder);
  } else {
    takeAll(top);
    for (const folder of takeRebuildable(rebuildable, paths, options)) leftOut.add(folder);
  }
  return { paths, leftOut: withoutNested(leftOut) };
};

/** Everything but what can be built anew, level by level. */
const listWork = (options: ChooseOptions): { top: Folder; rebuildable: string[]; count: number } => {
  const { roots, most } = options;
  const rebuildable: string[] = [];
  const begun = roots.map((path) => emptyFolder(path, false));
  const queue = [...begun];
  let listed = 0;
  let count = 0;
  // The array grows meanwhile.
  for (const folder of queue) {
    if (listed >= most * listedTimes && folder.isEntry) {
      folder.isUnread = true;
      continue;
    }
    const { names, entries } = list(folder.path, options);
    listed += names;
    for (const { path, name, isFolder, isEntry } of entries) {
      if (isEntry) count++;
      if (!isFolder) {
        folder.files.push(path);
        continue;
      }
      const child = emptyFolder(path, isEntry);
      folder.folders.push(child);
      if (isRebuildableName(name)) rebuildable.push(path);
      else queue.push(child);
    }
  }
  return { top: { ...emptyFolder("", false), folders: begun }, rebuildable, count };
};

const emptyFolder = (path: string, isEntry: boolean): Folder => ({
  path,
  files: [],
  folders: [],
  isEntry,
  isUnread: false,
});

/** Level by level for as long as there is room; answers the folders of which something was left out. */
const takeRebuildable = (folders: readonly string[], paths: string[], options: ChooseOptions): ReadonlySet<string> => {
  const leftOut = new Set<string>();
  let listed = 0;
  const queue = folders.map((top) => ({ top, path: top }));
  for (const { top, path: folder } of queue) {
    if (paths.length >= options.most || listed >= options.most * listedTimes) {
      leftOut.add(top);
      continue;
    }
    const { names, entries } = list(folder, options);
    listed += names;
    for (const { path, isFolder, isEntry } of entries) {
      if (isEntry && paths.length === options.most) {
        leftOut.add(top);
        break;
      }
      if (isEntry) paths.push(path);
      if (isFolder) queue.push({ top, path });
    }
  }
  return leftOut;
};

interface Listed {
  /** How many there are, candidates or not. */
  readonly names: number;
  readonly entries: readonly {
    readonly path: string;
    readonly name: string;
    readonly isFolder: boolean;
    readonly isEntry: boolean;
  }[];
}

const list = (folder: string, { ignored, isChanged, isOnlyChanges, onUnreadable }: ChooseOptions): Listed => {
  let found: Dirent[] = [];
  try {
    found = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    onUnreadable(folder, error as NodeJS.ErrnoException);
  }
  const isPartial = isOnlyChanges(folder);
  const entries = found
    .map((entry) => ({ name: entry.name, path: join(folder, entry.name), isFolder: entry.isDirectory() }))
    .filter(({ path }) => !ignored.includes(path))
    .map((entry) => ({ ...entry, isEntry: !isPartial || isChanged(entry.path) }))
    .filter(({ isFolder, isEntry }) => isFolder || isEntry)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return { names: found.length, entries };
};

const join = (folder: string, name: string): string => (folder === "/" ? `/${name}` : `${folder}/${name}`);

const withoutNested = (folders: ReadonlySet<string>): readonly string[] =>
  [...folders].filter((folder) => !isBelow(folder.slice(0, folder.lastIndexOf("/")), folders)).sort();

/** Whether a path is one of the folders or lies in one. */
export const isBelow = (path: string, folders: ReadonlySet<string>): boolean => {
  if (folders.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1))
    if (folders.has(path.slice(0, end))) return true;
  return folders.has("/") && path.startsWith("/");
};

import { join } from "node:path";
import { type PlannedFile, type SourceEntry, type SourceTree, studentHome } from "@atelier/domain";
import type { TarEntry } from "../tar/make-tar.ts";
import type { SourceFile } from "../tar/source-file.ts";
import { type ReadHeader, withFolders } from "./folders-around.ts";
import type { CommandIdentity } from "./identity.ts";

export interface FileOrigin {
  readonly tree: SourceTree;
  /** The workshop's folder on this machine, for files the tree does not carry whole. */
  readonly folder: string;
}

/** Planned files as entries of a layer, with the student's numbers filled in. */
export const tarEntriesOf = (
  files: readonly PlannedFile[],
  student: Pick<CommandIdentity, "uid" | "gid">,
  origin: FileOrigin,
): readonly TarEntry[] =>
  files.map((file): TarEntry => {
    const owner = file.owner === "student" ? { uid: student.uid, gid: student.gid } : { uid: 0, gid: 0 };
    const entry = { name: file.target.slice(1), mode: file.mode, ...owner };
    if (file.kind === "folder") return { ...entry, type: "folder" };
    if (file.kind === "text") return { ...entry, type: "file", content: file.text };
    const source = origin.tree.entries.get(file.source);
    if (source?.kind !== "file") throw new Error(`${file.source} was planned but is not in the tree`);
    return {
      ...entry,
      type: "file",
      content: contentOf(join(origin.folder, file.source), source),
    };
  });

/** A file's bytes, or where they are when the tree does not carry them whole. */
export const contentOf = (
  file: string,
  { bytes, truncated, size, digest }: Extract<SourceEntry, { readonly kind: "file" }>,
): Uint8Array | SourceFile => (truncated ? { file, size, digest } : bytes);

/**
 * Which folders around planned files are the student's where the image lacks them: those below the home
 * and the workdir that a file of the student's needs; else they could not write beside their own files.
 */
export const isStudentsFolder =
  (files: readonly PlannedFile[], home: string, workdir: string) =>
  (path: string): boolean =>
    [home, studentHome, workdir].some((root) => path === root || path.startsWith(`${root}/`)) &&
    files.some(({ target, owner }) => owner === "student" && target.startsWith(`${path}/`));

/** Planned files and the folders around them, as they are to be in an image; existing folders stay as they are. */
export const layerOf = async (
  files: readonly PlannedFile[],
  student: Pick<CommandIdentity, "uid" | "gid" | "home">,
  place: FileOrigin & { readonly readHeader: ReadHeader; readonly workdir: string },
): Promise<readonly TarEntry[]> => {
  const isStudents = isStudentsFolder(files, student.home, place.workdir);
  const { folders, others } = await withFolders(tarEntriesOf(files, student, place), place.readHeader, (path) => ({
    mode: 0o755,
    ...(isStudents(path) ? { uid: student.uid, gid: student.gid } : { uid: 0, gid: 0 }),
  }));
  return [...folders, ...others];
};

/** Every folder above planned files that is the student's where the image lacks it. */
export const studentsFolders = (files: readonly PlannedFile[], home: string, workdir: string): readonly string[] => {
  const isStudents = isStudentsFolder(files, home, workdir);
  const folders = new Set<string>();
  for (const { target } of files)
    for (let end = target.lastIndexOf("/"); end > 0; end = target.lastIndexOf("/", end - 1))
      if (isStudents(target.slice(0, end))) folders.add(target.slice(0, end));
  return [...folders].sort();
};

import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { type PlannedFile, type SourceTree, studentHome } from "@atelier/domain";
import type { TarEntry } from "../tar/make-tar.ts";
import { foldersAround } from "./folders-around.ts";
import { headerInContainer } from "./read-container.ts";
import type { CommandIdentity } from "./run-command.ts";

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
      content: source.truncated ? { file: join(origin.folder, file.source), size: source.size } : source.bytes,
    };
  });

/**
 * The folders around planned files as entries. What the image lacks below the home and the workdir is the
 * student's when a file of the student's needs it; else they could not write beside their own files.
 */
export const foldersOf = (
  files: readonly PlannedFile[],
  student: Pick<CommandIdentity, "uid" | "gid" | "home">,
  place: { readonly engine: Pick<Engine, "getArchive">; readonly container: string; readonly workdir: string },
): Promise<readonly TarEntry[]> => {
  const planned = new Set(files.filter(({ kind }) => kind === "folder").map(({ target }) => target));
  const isStudents = (path: string): boolean =>
    [student.home, studentHome, place.workdir].some((root) => path === root || path.startsWith(`${root}/`)) &&
    files.some(({ target, owner }) => owner === "student" && target.startsWith(`${path}/`));
  return foldersAround(
    files.map(({ target }) => target),
    (path) => headerInContainer(place.engine, place.container, path),
    (path) => ({ mode: 0o755, ...(isStudents(path) ? { uid: student.uid, gid: student.gid } : { uid: 0, gid: 0 }) }),
  ).then((folders) => folders.filter(({ name }) => !planned.has(`/${name}`)));
};

import { join } from "node:path";
import type { Engine } from "@atelier/backend-docker";
import { type PlannedFile, type SourceTree, studentHome } from "@atelier/domain";
import type { TarEntry } from "../tar/make-tar.ts";
import { statInContainer } from "./read-container.ts";
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
 * Folders that files of the student need and the image lacks: without an entry of their own the engine
 * would make them root's, and the student could not write beside their own files.
 */
export const missingFolders = async (
  files: readonly PlannedFile[],
  student: Pick<CommandIdentity, "uid" | "gid" | "home">,
  place: { readonly engine: Engine; readonly container: string; readonly workdir: string },
): Promise<readonly TarEntry[]> => {
  const planned = new Set(files.filter(({ kind }) => kind === "folder").map(({ target }) => target));
  const wanted = new Set<string>();
  for (const { target, owner } of files) {
    if (owner !== "student") continue;
    for (let end = target.lastIndexOf("/"); end > 0; end = target.lastIndexOf("/", end - 1)) {
      const folder = target.slice(0, end);
      const isStudents = [student.home, studentHome, place.workdir].some(
        (root) => folder === root || folder.startsWith(`${root}/`),
      );
      if (isStudents && !planned.has(folder)) wanted.add(folder);
    }
  }
  const missing: TarEntry[] = [];
  for (const folder of [...wanted].sort())
    if (!(await statInContainer(place.engine, place.container, folder)))
      missing.push({ name: folder.slice(1), type: "folder", mode: 0o755, uid: student.uid, gid: student.gid });
  return missing;
};

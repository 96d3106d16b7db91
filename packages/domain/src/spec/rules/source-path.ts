import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import type { SourceTree } from "../source-tree.ts";
import { suggest } from "../suggest.ts";
import {
  entryAt,
  filesBelow,
  hasFolder,
  isBelow,
  nameOf,
  normalizePath,
  parentOf,
  pathsBelow,
} from "../tree/tree-view.ts";
import { type DocPath, formatPath } from "../yaml/doc-path.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";

/** A path written in a YAML file that has to name something below a folder of the workshop. */
export interface SourceReference {
  readonly tree: SourceTree;
  readonly yaml: YamlFile;
  /** Where in `yaml` it is written. */
  readonly path: DocPath;
  readonly written: string;
  /** Folder that it is relative to and must not leave; empty: the workshop's. */
  readonly folder: string;
  readonly mustBe: "file" | "file or folder";
}

/** The path below the workshop folder, or undefined when it leaves `folder`. */
const insideOf = ({ written, folder }: SourceReference): string | undefined => {
  if (written.startsWith("/") || written.startsWith("~")) return undefined;
  const path = normalizePath(`${folder}/${written}`);
  // `files/../../../steps/one/x` ends inside again but passes through the outside.
  return path === undefined || !isBelow(path, folder) || normalizePath(written) === undefined ? undefined : path;
};

const escapes = (reference: SourceReference, why: string): Diagnostic =>
  error({
    code: "source-escapes",
    path: formatPath(reference.path),
    at: reference.yaml.valueAt(reference.path),
    message: `"${reference.written}" ${why}.`,
    remedy: `Copy what is needed into ${reference.folder || "the workshop folder"} and name it relative to there.`,
  });

const linkToFolder = (reference: SourceReference, link: string): Diagnostic =>
  error({
    code: "link-to-folder",
    path: formatPath(reference.path),
    at: reference.yaml.valueAt(reference.path),
    message: `"${reference.written}" holds the symbolic link ${link} to a folder, which would not be copied.`,
    remedy: "Replace the link by the folder, or make the link in a command of the step.",
  });

const missing = (reference: SourceReference, path: string): Diagnostic => {
  const { tree, folder } = reference;
  const shorten = (file: string): string => (folder === "" ? file : file.slice(folder.length + 1));
  const files = filesBelow(tree, folder).map(shorten);
  const sameName = files.find((file) => nameOf(file) === nameOf(path));
  const meant = sameName ?? suggest(shorten(path), files);
  return error({
    code: "missing-file",
    path: formatPath(reference.path),
    at: reference.yaml.valueAt(reference.path),
    message: `"${reference.written}" does not exist in ${folder || "the workshop folder"}.`,
    remedy: meant === undefined ? `Make ${path}, or correct the path.` : `Did you mean "${meant}"?`,
  });
};

/** The first link at or above a path, when following it leads out of the folder. */
const linkOut = ({ tree, folder }: SourceReference, path: string): string | undefined => {
  for (let current = path; current !== folder && current !== ""; current = parentOf(current)) {
    const entry = tree.entries.get(current);
    if (entry?.kind === "link" && (entry.resolved === undefined || !isBelow(entry.resolved, folder))) return current;
  }
  return undefined;
};

/** Everything that can be wrong with a path into the workshop: leaving it, by text or by link; not being there. */
export function* checkSource(reference: SourceReference): Iterable<Diagnostic> {
  const { tree, folder } = reference;
  const path = insideOf(reference);
  if (path === undefined) {
    const how = reference.written.startsWith("/") || reference.written.startsWith("~") ? "is absolute" : "leads out";
    yield escapes(reference, `${how}; it has to stay inside ${folder || "the workshop folder"}`);
    return;
  }
  const link = linkOut(reference, path);
  if (link !== undefined) {
    yield escapes(
      reference,
      `goes through the symbolic link ${link}, which leads out of ${folder || "the workshop folder"}`,
    );
    return;
  }
  const found = entryAt(tree, path)?.entry;
  const isThere = found?.kind === "file" || (reference.mustBe === "file or folder" && hasFolder(tree, path));
  if (!isThere) yield missing(reference, path);
  for (const inner of pathsBelow(tree, path)) {
    const entry = tree.entries.get(inner);
    if (entry?.kind === "link" && entry.resolved !== undefined && hasFolder(tree, entry.resolved))
      yield linkToFolder(reference, inner);
    if (entry?.kind === "link" && entry.resolved !== undefined && !isBelow(entry.resolved, folder))
      yield escapes(reference, `holds the symbolic link ${inner}, which leads out of ${folder}`);
  }
}

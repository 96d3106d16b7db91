import { z } from "zod";

/**
 * The student's files over HTTP, for the student alone. Every touch happens in a process with the student's
 * rights; paths are absolute or begin with `~/`, and lead nowhere but below {@link FolderView.roots}, links
 * followed. Errors are the student API's problems.
 *
 *   GET  /api/files?path=P              FolderView; without a path the folder that shells start in
 *   GET  /api/files/content?path=P      the bytes, with ETag; `&download` as attachment, of any size
 *                                       (else 413 `file-too-big` above {@link editableBytes})
 *   PUT  /api/files/content?path=P      body = the bytes, streamed; FileEntry, with ETag. `If-Match: <etag>`
 *                                       (412 `file-changed`) or `If-None-Match: *` (412 `file-exists`)
 *   POST /api/files/folder              {path} → FileEntry
 *   POST /api/files/rename              {from, to} → FileEntry (412 `file-exists`)
 *   POST /api/files/remove              {path} → 204; a folder with all that is in it
 *   GET  /api/files/archive?path=P      a folder as tar.gz
 *   GET  /api/work                      WorkView
 *   GET  /api/work/archive              changed files, command history and recordings as one tar.gz
 */
export const filesApi = {
  list: "/api/files",
  content: "/api/files/content",
  folder: "/api/files/folder",
  rename: "/api/files/rename",
  remove: "/api/files/remove",
  archive: "/api/files/archive",
  work: "/api/work",
  workArchive: "/api/work/archive",
} as const;

/** What the editor opens at most, and what one upload may bring. */
export const editableBytes = 2 * 1024 * 1024;
export const uploadBytes = 512 * 1024 * 1024;

export const fileEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  /** What a link leads to counts as what it is; `other`: devices, pipes, links to nowhere or out of the roots. */
  kind: z.enum(["folder", "file", "other"]),
  link: z.boolean(),
  size: z.number(),
  modified: z.iso.datetime(),
});
export type FileEntry = z.infer<typeof fileEntrySchema>;

export const folderViewSchema = z.object({
  path: z.string(),
  /** Folders first, then by name. */
  entries: z.array(fileEntrySchema),
  /** There are more than are listed. */
  truncated: z.boolean(),
  /** Home, and the folder of the workshop where it is another. */
  roots: z.array(z.string()),
});
export type FolderView = z.infer<typeof folderViewSchema>;

const path = z.string().min(1).max(4096);
export const newFolderSchema = z.object({ path });
export const renameSchema = z.object({ from: path, to: path });
export const removeSchema = z.object({ path });

/** What a student has to show for the time. */
export const workViewSchema = z.object({
  changed: z.array(z.object({ path: z.string(), change: z.enum(["new", "changed", "deleted"]) })),
  /** There are more than are listed. */
  truncated: z.boolean(),
  commands: z.int(),
  recordings: z.array(z.object({ name: z.string(), bytes: z.number() })),
});
export type WorkView = z.infer<typeof workViewSchema>;

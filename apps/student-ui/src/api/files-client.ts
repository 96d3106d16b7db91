import {
  type FileEntry,
  type FolderView,
  fileEntrySchema,
  filesApi,
  folderViewSchema,
  type WorkView,
  workViewSchema,
} from "@atelier/contract";
import { createApiCall } from "./api-call.ts";

export interface FileText {
  readonly text: string;
  readonly etag: string;
}

/** What a write demands: that version on disk, nothing there yet, or nothing at all. */
export type WriteDemand = { readonly etag: string } | "fresh" | "any";

/** The student's files as calls. Every call throws {@link RequestFailed}. */
export interface FilesClient {
  list(path?: string): Promise<FolderView>;
  read(path: string): Promise<FileText>;
  write(path: string, body: Blob | string, demand: WriteDemand): Promise<{ entry: FileEntry; etag: string }>;
  makeFolder(path: string): Promise<FileEntry>;
  rename(from: string, to: string): Promise<FileEntry>;
  remove(path: string): Promise<void>;
  work(): Promise<WorkView>;
}

const at = (route: string, path: string): string => `${route}?path=${encodeURIComponent(path)}`;

/** Addresses that a browser downloads from by itself. */
export const downloadUrl = ({ path, kind }: Pick<FileEntry, "path" | "kind">): string =>
  kind === "folder" ? at(filesApi.archive, path) : `${at(filesApi.content, path)}&download`;

export const createFilesClient = (fetchIt: typeof fetch): FilesClient => {
  const { call, parse } = createApiCall(fetchIt);
  const post = (path: string, body: unknown): Promise<Response> =>
    call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const etagOf = (response: Response): string => /"([\w-]+)"/.exec(response.headers.get("etag") ?? "")?.[1] ?? "";

  return {
    list: async (path) =>
      parse(await call(path === undefined ? filesApi.list : at(filesApi.list, path)), folderViewSchema),
    read: async (path) => {
      const response = await call(at(filesApi.content, path));
      return { text: await response.text(), etag: etagOf(response) };
    },
    write: async (path, body, demand) => {
      const response = await call(at(filesApi.content, path), {
        method: "PUT",
        patient: true,
        body,
        headers: {
          "content-type": "application/octet-stream",
          ...(demand === "any"
            ? {}
            : demand === "fresh"
              ? { "if-none-match": "*" }
              : { "if-match": `"${demand.etag}"` }),
        },
      });
      return { entry: await parse(response, fileEntrySchema), etag: etagOf(response) };
    },
    makeFolder: async (path) => parse(await post(filesApi.folder, { path }), fileEntrySchema),
    rename: async (from, to) => parse(await post(filesApi.rename, { from, to }), fileEntrySchema),
    remove: async (path) => {
      await post(filesApi.remove, { path });
    },
    work: async () => parse(await call(filesApi.work), workViewSchema),
  };
};

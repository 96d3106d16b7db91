import { isAbsolute, join } from "node:path";
import type { Readable } from "node:stream";
import { editableBytes, type FileEntry, type FolderView, uploadBytes } from "@atelier/contract";
import { AppError } from "@atelier/domain";
import type { FileOrder } from "./file-order.ts";
import { type FileWork, type FileWorkerOptions, runFileWorker } from "./run-file-worker.ts";

export interface OpenedFile {
  readonly size: number;
  readonly etag: string;
  readonly bytes: Readable;
}

/** What the page may do with the student's files; see `contract/http/files-api.ts`. */
export interface FileService {
  list(path: string | undefined): Promise<FolderView>;
  /** @param whole of any size; else what an editor opens at most */
  read(path: string, options: { readonly whole: boolean }): Promise<OpenedFile>;
  write(
    path: string,
    input: Readable,
    demand: { readonly etag?: string | undefined; readonly fresh?: boolean; readonly signal: AbortSignal },
  ): Promise<{ readonly entry: FileEntry; readonly etag: string }>;
  makeFolder(path: string): Promise<FileEntry>;
  rename(from: string, to: string): Promise<FileEntry>;
  remove(path: string): Promise<void>;
  /** A tar of a folder, or of exactly `paths`. */
  archive(path: string, paths?: readonly string[]): Promise<Readable>;
}

export interface FileServiceOptions extends FileWorkerOptions {
  /** The folder that shells start in. */
  readonly workdir: string;
}

const mostEntries = 5000;
/** Workers at once; more wait their turn. */
const mostAtOnce = 4;

export const createFileService = (options: FileServiceOptions): FileService => {
  const { identity, workdir, roots } = options;
  let running = 0;
  const waiting: (() => void)[] = [];
  const work = async (order: FileOrder, streams: Parameters<typeof runFileWorker>[2] = {}): Promise<FileWork> => {
    // Whoever uploads may go while they wait for their turn.
    streams.input?.on("error", () => undefined);
    if (running >= mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    const leave = (): void => {
      running--;
      waiting.shift()?.();
    };
    try {
      const done = await runFileWorker(order, options, streams);
      done.bytes.once("close", leave);
      return done;
    } catch (error) {
      leave();
      throw error;
    }
  };
  const absolute = (path: string): string =>
    path === "~"
      ? identity.home
      : path.startsWith("~/")
        ? join(identity.home, path.slice(2))
        : isAbsolute(path)
          ? path
          : join(workdir, path);
  const entryIn = ({ answer }: FileWork): FileEntry => {
    if (answer.entry === undefined) throw new AppError("file-failed", "The answer about your file was incomplete.");
    return answer.entry;
  };

  return {
    list: async (given) => {
      const path = absolute(given ?? workdir);
      const { answer } = await work({ verb: "list", path, most: mostEntries });
      return { path, entries: [...(answer.entries ?? [])], truncated: answer.truncated === true, roots: [...roots] };
    },
    read: async (path, { whole }) => {
      const { answer, bytes } = await work({
        verb: "read",
        path: absolute(path),
        most: whole ? Number.MAX_SAFE_INTEGER : editableBytes,
      });
      return { size: answer.size ?? 0, etag: answer.etag ?? "", bytes };
    },
    write: async (path, input, { etag, fresh, signal }) => {
      const done = await work(
        { verb: "write", path: absolute(path), most: uploadBytes, etag, ...(fresh ? { fresh } : {}) },
        { input, signal },
      );
      return { entry: entryIn(done), etag: done.answer.etag ?? "" };
    },
    makeFolder: async (path) => entryIn(await work({ verb: "folder", path: absolute(path) })),
    rename: async (from, to) => entryIn(await work({ verb: "rename", path: absolute(from), to: absolute(to) })),
    remove: async (path) => {
      await work({ verb: "remove", path: absolute(path) });
    },
    archive: async (path, paths) =>
      (await work({ verb: "archive", path: absolute(path), ...(paths === undefined ? {} : { paths }) })).bytes,
  };
};

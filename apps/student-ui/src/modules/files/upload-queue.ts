import { type Problem, uploadBytes } from "@atelier/contract";
import type { FilesClient } from "../../api/files-client.ts";
import { problemOf } from "../../api/problem.ts";

/** What became of one file. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly state: "waiting" | "running" | "done" | "skipped" | "failed";
  readonly problem?: Problem;
}

export interface UploadQueueOptions {
  readonly client: Pick<FilesClient, "write" | "list">;
  readonly onChange: (uploads: readonly Upload[]) => void;
  /** A file of that name is there already: whether it is replaced. */
  readonly askReplace: (name: string) => Promise<boolean>;
  readonly tooBig: (name: string) => Problem;
}

export interface UploadQueue {
  add(folder: string | undefined, files: readonly Pick<File, "name" | "size">[]): Promise<void>;
  /** Forgets what has ended. */
  clear(): void;
}

/** One file after the other: what fails is told, and the rest goes on. */
export const createUploadQueue = ({ client, onChange, askReplace, tooBig }: UploadQueueOptions): UploadQueue => {
  let uploads: readonly Upload[] = [];
  let lastId = 0;
  let tail: Promise<void> = Promise.resolve();
  const set = (id: number, change: Partial<Upload>): void => {
    uploads = uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload));
    onChange(uploads);
  };

  const send = async (id: number, folder: string, file: Pick<File, "name" | "size">): Promise<void> => {
    if (file.size > uploadBytes) return set(id, { state: "failed", problem: tooBig(file.name) });
    set(id, { state: "running" });
    const path = folder === "/" ? `/${file.name}` : `${folder}/${file.name}`;
    try {
      await client.write(path, file as File, "fresh");
      set(id, { state: "done" });
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code !== "file-exists") return set(id, { state: "failed", problem });
      if (!(await askReplace(file.name))) return set(id, { state: "skipped" });
      try {
        await client.write(path, file as File, "any");
        set(id, { state: "done" });
      } catch (second) {
        set(id, { state: "failed", problem: problemOf(second) });
      }
    }
  };

  return {
    add: (folder, files) => {
      const added = files.map((file) => ({
        file,
        upload: { id: ++lastId, name: file.name, state: "waiting" as const },
      }));
      uploads = [...uploads, ...added.map(({ upload }) => upload)];
      onChange(uploads);
      tail = tail.then(async () => {
        let into = folder;
        for (const { file, upload } of added) {
          try {
            into ??= (await client.list()).path;
            await send(upload.id, into, file);
          } catch (error) {
            set(upload.id, { state: "failed", problem: problemOf(error) });
          }
        }
      });
      return tail;
    },
    clear: () => {
      uploads = uploads.filter(({ state }) => state === "waiting" || state === "running");
      onChange(uploads);
    },
  };
};

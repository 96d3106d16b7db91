import { readdir, readFile, stat } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { runtimeFileNames, type WorkView } from "@atelier/contract";
import { readTar, type TarWriter, writeTarGz } from "@atelier/node-kit";
import type { ChangesReport } from "../checkpoints/checkpoints.ts";
import type { FileService } from "./student-file-service.ts";
import { commandHistory } from "./command-history.ts";

/** What a student has to show for the time: their changes, their commands, their recordings. */
export interface WorkService {
  view(): Promise<WorkView>;
  /** All of it as a tar.gz. */
  archive(): Promise<Readable>;
  readonly archiveName: string;
}

export interface WorkServiceOptions {
  readonly runtimeFolder: string;
  readonly files: FileService;
  readonly changes: () => Promise<ChangesReport>;
  readonly home: string;
  readonly workspaceName: string;
}

const mostListed = 2000;

export const createWorkService = (options: WorkServiceOptions): WorkService => {
  const { runtimeFolder, files } = options;
  const recordings = async (): Promise<WorkView["recordings"]> => {
    const names = (await readdir(runtimeFolder)).filter((name) => /^session-.*\.cast$/.test(name)).sort();
    return Promise.all(names.map(async (name) => ({ name, bytes: (await stat(join(runtimeFolder, name))).size })));
  };
  const commands = async (): Promise<readonly string[]> =>
    commandHistory(await readFile(join(runtimeFolder, runtimeFileNames.commandLog), "utf8").catch(() => ""));

  const fill = async ({ changed, skipped }: ChangesReport, tar: TarWriter): Promise<void> => {
    const list = changed.map(({ path, change }) => `${change.padEnd(8)} ${path}\n`).join("");
    const unsaved = skipped.map(({ path, why }) => `${"not here".padEnd(8)} ${path}: ${why}\n`).join("");
    await tar.add({ name: "changes.txt" }, list + unsaved);
    await tar.add({ name: "commands.txt" }, (await commands()).map((line) => `${line}\n`).join(""));
    // It is still being written: as much as there was when its size was read.
    for (const { name, bytes } of await recordings())
      await tar.add({ name: `recordings/${name}`, size: bytes }, startOf(join(runtimeFolder, name), bytes));
    const paths = changed.filter(({ change }) => change !== "deleted").map(({ path }) => path);
    if (paths.length === 0) return;
    for await (const entry of readTar(await files.archive(options.home, paths), tar.signal))
      await tar.add({ ...entry.header, name: `files/${entry.header.name}` }, entry);
  };

  return {
    archiveName: `${options.workspaceName}-my-work.tar.gz`,
    view: async () => {
      const { changed } = await options.changes();
      return {
        changed: changed.slice(0, mostListed),
        truncated: changed.length > mostListed,
        commands: (await commands()).length,
        recordings: await recordings(),
      };
    },
    archive: async () => {
      // What fails before the first byte can still be told.
      const report = await options.changes();
      return writeTarGz((tar) => fill(report, tar));
    },
  };
};

/** Opens the file with the first byte that is asked for. */
async function* startOf(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  if (bytes > 0) yield* createReadStream(path, { end: bytes - 1 });
}

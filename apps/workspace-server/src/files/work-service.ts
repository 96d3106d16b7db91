import { readdir, readFile, stat } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { createGzip } from "node:zlib";
import { runtimeFileNames, type WorkView } from "@atelier/contract";
import { extract, pack, type Pack } from "tar-stream";
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

  const fill = async (archive: Pack): Promise<void> => {
    const { changed: changes, skipped } = await options.changes();
    const list = changes.map(({ path, change }) => `${change.padEnd(8)} ${path}\n`).join("");
    const unsaved = skipped.map(({ path, why }) => `${"not here".padEnd(8)} ${path}: ${why}\n`).join("");
    archive.entry({ name: "changes.txt" }, list + unsaved);
    archive.entry({ name: "commands.txt" }, (await commands()).map((line) => `${line}\n`).join(""));
    for (const { name, bytes } of await recordings()) {
      const entry = archive.entry({ name: `recordings/${name}`, size: bytes }) as unknown as Writable;
      // It is still being written: as much as there was when its size was read.
      if (bytes > 0)
        for await (const chunk of createReadStream(join(runtimeFolder, name), { end: bytes - 1 }))
          if (!entry.write(chunk)) await once(entry, "drain");
      entry.end();
    }
    const paths = changes.filter(({ change }) => change !== "deleted").map(({ path }) => path);
    if (paths.length > 0) {
      const bytes = await files.archive(options.home, paths);
      for await (const entry of bytes.pipe(extract())) {
        const copy = archive.entry({ ...entry.header, name: `files/${entry.header.name}` }) as unknown as Writable;
        for await (const chunk of entry) if (!copy.write(chunk)) await once(copy, "drain");
        copy.end();
      }
    }
    archive.finalize();
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
      const archive = pack();
      fill(archive).catch((error: unknown) => archive.destroy(error as Error));
      return archive.pipe(createGzip());
    },
  };
};

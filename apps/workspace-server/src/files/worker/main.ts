import { readFileSync, writeSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { FileAnswer, FileFault, FileOrder } from "../file-order.ts";
import { createFileJail, FileProblem } from "./file-jail.ts";
import { etagOf, listFolder, makeFolder, openRegular, removeEntry, renameEntry } from "./file-tree.ts";
import { packFiles } from "./pack-files.ts";
import { writeFile } from "./write-file.ts";

/**
 * Short-lived process that touches the student's files with the student's rights. Its order is one JSON
 * document on descriptor 3, `{roots, ...FileOrder}`; its answer one JSON document on descriptor 4, ended
 * by a line feed. Bytes come from stdin and go to stdout, after the answer.
 */
const { roots, ...order } = JSON.parse(readFileSync(3, "utf8")) as FileOrder & { readonly roots: readonly string[] };

const answer = (value: FileAnswer): void => {
  const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
  for (let done = 0; done < bytes.length; ) done += writeSync(4, bytes, done);
};

const faults: Readonly<Record<string, readonly [FileFault, string]>> = {
  ENOENT: ["file-not-found", "There is no such file or folder (any more)."],
  ENOTDIR: ["file-not-found", "There is no such file or folder (any more)."],
  ELOOP: ["file-not-found", "The link leads nowhere."],
  EACCES: ["file-denied", "You may not do this here."],
  EPERM: ["file-denied", "You may not do this here."],
  EROFS: ["file-denied", "Nothing can be changed here."],
  EEXIST: ["file-exists", "There is something of that name already."],
  EISDIR: ["file-not-regular", "This is a folder."],
  ENOSPC: ["file-no-space", "The disk is full."],
  EDQUOT: ["file-no-space", "The disk is full."],
  ENAMETOOLONG: ["file-failed", "The name is too long."],
};

const faultOf = (error: unknown): FileAnswer => {
  if (error instanceof FileProblem) return { fault: { code: error.code, message: error.message } };
  const { code = "", message } = error as NodeJS.ErrnoException;
  const [fault, text] = faults[code] ?? ["file-failed", message];
  return { fault: { code: fault, message: text } };
};

const carryOut = async (): Promise<void> => {
  const jail = await createFileJail(roots);
  switch (order.verb) {
    case "list":
      return answer(await listFolder(order.path, jail, order.most));
    case "read": {
      const { handle, stats } = await openRegular(await jail.existing(order.path));
      await using _closing = handle;
      const size = Number(stats.size);
      if (size > order.most)
        throw new FileProblem("file-too-big", `It holds ${size} bytes, which is too much to be opened here.`);
      answer({ size, etag: etagOf(stats) });
      // No more than was announced, should it grow meanwhile.
      if (size > 0)
        await pipeline(handle.createReadStream({ start: 0, end: size - 1, autoClose: false }), process.stdout);
      return;
    }
    case "write":
      // Whoever reads it later finds it broken; until then nobody listens.
      process.stdin.on("error", () => undefined);
      process.on("SIGTERM", () => process.stdin.destroy(new Error("It was given up while it came in.")));
      return answer(await writeFile(process.stdin, order, jail));
    case "folder":
      return answer({ entry: await makeFolder(order.path, jail) });
    case "rename":
      return answer({ entry: await renameEntry({ from: order.path, to: order.to }, jail) });
    case "remove":
      await removeEntry(order.path, jail);
      return answer({});
    case "archive": {
      const path = await jail.existing(order.path);
      answer({});
      return packFiles({ path, ...(order.paths === undefined ? {} : { paths: order.paths }) }, process.stdout);
    }
  }
};

try {
  await carryOut();
} catch (error) {
  // Also after the answer, when bytes are on their way: how it ends says that they were not all.
  process.exitCode = 1;
  answer(faultOf(error));
}
// Whatever still comes in is not waited for.
process.stdin.destroy();

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, type FileHandle, link, lstat, open, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { FileEntry } from "@atelier/contract";
import type { FileOrder } from "../file-order.ts";
import { type FileJail, FileProblem, stands } from "./file-jail.ts";
import { entryOf, etagOf } from "./file-tree.ts";

type WriteOrder = Extract<FileOrder, { verb: "write" }>;

/**
 * Writes a file whole: into a new one beside it, which then takes its place, so that a program never sees
 * half of it and a broken upload leaves the old one. Where the folder takes no new files, it is written
 * over in place.
 */
export const writeFile = async (
  input: AsyncIterable<Uint8Array>,
  order: WriteOrder,
  jail: FileJail,
): Promise<{ readonly entry: FileEntry; readonly etag: string }> => {
  const place = await jail.place(order.path);
  // Through a link the file behind it is written: editing must not turn links into files.
  const path = (await stands(place)) ? await jail.existing(order.path) : place;
  const before = await stat(path, { bigint: true }).catch(() => undefined);
  refuse(order, before === undefined ? undefined : { isFile: before.isFile(), etag: etagOf(before) });

  const draft = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString("hex")}.part`);
  const handle = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666).catch(
    (error: NodeJS.ErrnoException) => {
      if (before !== undefined && (error.code === "EACCES" || error.code === "EROFS")) return undefined;
      throw error;
    },
  );
  if (handle === undefined) {
    await using own = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!(await own.stat()).isFile()) throw new FileProblem("file-not-regular", "This is not a plain file.");
    await own.truncate(0);
    await copy(input, own, order.most);
  } else
    try {
      await copy(input, handle, order.most);
      await handle.close();
      if (before !== undefined) await chmod(draft, Number(before.mode) & 0o777);
      // It took a while to come in; somebody may have been quicker.
      const now = await stat(path, { bigint: true }).catch(() => undefined);
      refuse(order, now === undefined ? undefined : { isFile: now.isFile(), etag: etagOf(now) });
      if (order.fresh === true) {
        await link(draft, path);
        await unlink(draft);
      } else await rename(draft, path);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await unlink(draft).catch(() => undefined);
      throw error;
    }
  return { entry: await entryOf(path, order.path, jail), etag: etagOf(await lstat(path, { bigint: true })) };
};

const refuse = (
  { etag, fresh }: WriteOrder,
  there: { readonly isFile: boolean; readonly etag: string } | undefined,
): void => {
  if (there !== undefined && fresh === true)
    throw new FileProblem("file-exists", "There is something of that name already.");
  if (there !== undefined && !there.isFile) throw new FileProblem("file-not-regular", "This is not a plain file.");
  if (etag !== undefined && there?.etag !== etag)
    throw new FileProblem(
      "file-changed",
      there === undefined ? "The file has been removed meanwhile." : "The file has been changed on disk meanwhile.",
    );
};

const copy = async (input: AsyncIterable<Uint8Array>, handle: FileHandle, most: number): Promise<void> => {
  let bytes = 0;
  for await (const chunk of input) {
    bytes += chunk.length;
    if (bytes > most) throw new FileProblem("file-too-big", `Files of up to ${most} bytes can be brought in.`);
    await handle.writeFile(chunk);
  }
};

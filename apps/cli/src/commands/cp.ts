import { createWriteStream, existsSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, readlink, lstat, symlink } from "node:fs/promises";
import { basename, dirname, join, posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Workspaces } from "@atelier/backend-docker";
import { AppError, compiledImageSchema, compiledPaths, studentHome } from "@atelier/domain";
import { readTar } from "@atelier/node-kit";
import { pack } from "tar-stream";
import type { Context } from "../context.ts";

interface Remote {
  readonly workspace: string;
  readonly path: string;
}

export default async (context: Context, [from = "", to = ""]: readonly string[]): Promise<number> => {
  const source = parsePlace(from);
  const target = parsePlace(to);
  if ((source === undefined) === (target === undefined))
    throw new AppError("usage", "One of the two places must be in a workspace: <workspace>:<path>.", {
      hint: "For example: atelier cp linux-basics:notes.txt .",
    });
  const count = source
    ? await copyOut(context, source, context.path(to))
    : await copyIn(context, context.path(from), target as Remote);
  context.reporter.info(`Copied ${count} file${count === 1 ? "" : "s"}.`);
  return 0;
};

/** `name:path`; a drive letter or a path with a slash before the colon is local. */
const parsePlace = (text: string): Remote | undefined => {
  const match = /^([a-z0-9][a-z0-9-]+):(.*)$/.exec(text);
  return match?.[1] === undefined
    ? undefined
    : { workspace: match[1], path: posix.resolve(studentHome, (match[2] ?? "").replace(/^~\/?/, "")) };
};

const copyOut = async (context: Context, { workspace, path }: Remote, to: string): Promise<number> => {
  const workspaces = await context.workspaces();
  await workspaces.find(workspace);
  const stream = await workspaces.readFiles(workspace, path, context.signal);
  const isFolder = existsSync(to) && statSync(to).isDirectory();
  const base = isFolder ? join(to, posix.basename(path)) : to;
  let count = 0;
  for await (const entry of readTar(stream, context.signal)) {
    const { name, type, linkname } = entry.header;
    const below = name
      .split("/")
      .slice(1)
      .filter((part) => part !== "");
    // The archive comes out of a student's container: its names are not to be trusted.
    if (below.includes(".."))
      throw new AppError("bad-value", `The workspace answered with a path that climbs: ${name}`, {
        hint: "Nothing was written there. Copy a folder or a file of it alone.",
      });
    const place = join(base, ...below);
    if (type === "directory") await mkdir(place, { recursive: true });
    else if (type === "file") {
      await mkdir(dirname(place), { recursive: true });
      await pipeline(entry, createWriteStream(place));
      count++;
    } else if (
      type === "symlink" &&
      linkname !== undefined &&
      linkname !== null &&
      !linkname.startsWith("/") &&
      !linkname.split("/").includes("..")
    ) {
      await symlink(linkname, place);
      count++;
    }
    entry.resume();
  }
  return count;
};

const copyIn = async (context: Context, from: string, { workspace, path }: Remote): Promise<number> => {
  if (!existsSync(from))
    throw new AppError("bad-value", `There is no ${from}.`, { hint: "The path is one of this machine." });
  const workspaces = await context.workspaces();
  const { settings } = await workspaces.find(workspace);
  if (settings === undefined)
    throw new AppError("workspace-incomplete", `The workspace "${workspace}" was never finished.`);
  const archive = pack();
  const whole = bufferOf(Readable.from(archive));
  const student = await studentOf(workspaces, workspace);
  let count = 0;
  const add = async (file: string, name: string): Promise<void> => {
    const stats = await lstat(file);
    if (stats.isDirectory()) {
      archive.entry({ name, type: "directory", mode: 0o755, ...student });
      for (const child of await readdir(file)) await add(join(file, child), `${name}/${child}`);
    } else if (stats.isSymbolicLink())
      archive.entry({ name, type: "symlink", linkname: await readlink(file), ...student });
    else if (stats.isFile()) {
      archive.entry({ name, mode: stats.mode & 0o111 ? 0o755 : 0o644, ...student }, await readFile(file));
      count++;
    }
  };
  await add(from, basename(from));
  archive.finalize();
  await workspaces.writeFiles(workspace, { path, tar: await whole });
  return count;
};

/** The student's numbers, as the image says. */
const studentOf = async (workspaces: Workspaces, workspace: string): Promise<{ uid: number; gid: number }> => {
  for await (const entry of readTar(await workspaces.readFiles(workspace, compiledPaths.image))) {
    const { uid, gid } = compiledImageSchema.parse(JSON.parse((await bufferOf(entry)).toString("utf8"))).student;
    return { uid, gid };
  }
  throw new AppError("image-damaged", `The workspace "${workspace}" does not say who its student is.`, {
    hint: "Build the workshop again and make a new workspace.",
  });
};

const bufferOf = async (stream: AsyncIterable<unknown>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

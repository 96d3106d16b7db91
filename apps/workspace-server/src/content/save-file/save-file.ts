import { chmod, lstat, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** One file to write with the rights of whoever runs this. `path` is absolute. */
export interface SaveOrder {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
  readonly replace: boolean;
}

export type SaveAnswer =
  | { readonly outcome: "created" | "replaced" | "same" }
  /** Something else has that name: another text, or no file at all. Nothing was changed. */
  | { readonly outcome: "differs" }
  | { readonly outcome: "failed"; readonly cause: string };

/** Writes through a temporary file, so that a reader sees the old text or the new one. */
export const saveFile = async ({ path, text, mode, replace }: SaveOrder): Promise<SaveAnswer> => {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.atelier`);
  try {
    const there = await lstat(path).catch(() => undefined);
    if (there !== undefined && !there.isFile() && !there.isSymbolicLink())
      return { outcome: "failed", cause: `${path} is no file` };
    const wanted = mode ?? (text.startsWith("#!") ? 0o755 : 0o644);
    if (there?.isFile() && there.size === Buffer.byteLength(text) && (await readFile(path, "utf8")) === text) {
      if ((there.mode & 0o777) !== wanted) await chmod(path, wanted);
      return { outcome: "same" };
    }
    if (there !== undefined && !replace) return { outcome: "differs" };
    await mkdir(dirname(path), { recursive: true });
    const file = await open(draft, "wx", wanted);
    await using _ = file;
    await file.writeFile(text);
    await file.chmod(wanted);
    await rename(draft, path);
    return { outcome: there === undefined ? "created" : "replaced" };
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    return { outcome: "failed", cause: reasonOf(error as NodeJS.ErrnoException, path) };
  }
};

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "that place cannot be written to",
  ENOTDIR: "part of its path is a file",
  EEXIST: "part of its path is a file",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
};

const reasonOf = (error: NodeJS.ErrnoException, path: string): string =>
  `${path}: ${reasons[error.code ?? ""] ?? error.message}`;

import { closeSync, constants, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { runtimeFileNames } from "@atelier/contract";

export interface WatchRuntimeFilesOptions {
  readonly folder: string;
  readonly onTouched: (file: string, cause: string) => void;
}

interface Seen {
  readonly ino: number;
  readonly uid: number;
  readonly mode: number;
  readonly size: number;
  readonly ctimeMs: number;
  /** So many bytes are whole lines: the server writes behind them, and takes back what it could not finish. */
  readonly settled: number;
  /** First and last bytes of those: the server only ever appends. */
  readonly head: Buffer;
  readonly tail: Buffer;
}

const probe = 1024;
const newline = 0x0a;
const streams: ReadonlySet<string> = new Set([
  runtimeFileNames.commandLog,
  runtimeFileNames.stateEvents,
  runtimeFileNames.llmHistory,
]);
const isWatched = (name: string): boolean => streams.has(name) || /^session-.*\.cast(\.idx)?$/.test(name);
/** What group and others may do with these files: nothing. */
const othersMode = 0o077;

/**
 * Looks whether files that only the server may write were touched by somebody else. Answers the look, to
 * be taken every second or so; each change is told once.
 *
 * Gotcha: it sees removal, replacement, truncation, other rights, and changes of a file's first and last
 * KiB. Bytes that root appends, or changes in the middle, it does not: who is root is not recorded
 * tamper-evidently, and the docs say so.
 */
export const createRuntimeWatch = ({ folder, onTouched }: WatchRuntimeFilesOptions): (() => void) => {
  let known = new Map<string, Seen>();
  let rights = folderRights(folder);
  for (const name of list(folder)) {
    const { seen } = look(join(folder, name));
    if (seen) known.set(name, seen);
  }
  return () => {
    const now = folderRights(folder);
    if (rights !== now) onTouched(".", now === undefined ? "the folder is gone" : "other owner or rights");
    rights = now;
    const next = new Map<string, Seen>();
    for (const name of list(folder)) {
      const { seen, cause } = look(join(folder, name), known.get(name));
      if (cause !== undefined) onTouched(name, cause);
      if (seen) next.set(name, seen);
    }
    for (const name of known.keys()) if (!next.has(name)) onTouched(name, "removed");
    known = next;
  };
};

const list = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter(isWatched);
  } catch {
    return [];
  }
};

const folderRights = (folder: string): string | undefined => {
  try {
    const { ino, uid, mode } = lstatSync(folder);
    return `${ino} ${uid} ${mode}`;
  } catch {
    return undefined;
  }
};

interface Look {
  readonly seen?: Seen;
  readonly cause?: string;
}

/** What a file is now, and what is wrong with how it came to be that. */
const look = (path: string, before?: Seen): Look => {
  let file: number | undefined;
  try {
    const stat = lstatSync(path);
    const { ino, uid, mode, size, ctimeMs } = stat;
    // At rest, as most parts of a long recording are.
    if (before?.ino === ino && before.ctimeMs === ctimeMs && before.size === size) return { seen: before };
    if (!stat.isFile()) {
      const seen = { ino, uid, mode, size, ctimeMs, settled: 0, head: Buffer.alloc(0), tail: Buffer.alloc(0) };
      return { seen, cause: "replaced by something that is no file" };
    }
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const read = (from: number, to: number): Buffer => {
      const bytes = Buffer.alloc(Math.max(0, to - from));
      return bytes.subarray(0, readSync(file as number, bytes, 0, bytes.length, from));
    };
    const end = read(Math.max(0, size - probe), size);
    const lastNewline = end.lastIndexOf(newline);
    // In the middle of a long line what was settled before is what counts.
    const settled = lastNewline === -1 ? Math.min(before?.settled ?? 0, size) : size - end.length + lastNewline + 1;
    const seen = {
      ...{ ino, uid, mode, size, ctimeMs, settled },
      head: read(0, Math.min(probe, settled)),
      tail: read(Math.max(0, settled - probe), settled),
    };
    const cause =
      before === undefined
        ? (mode & othersMode) === 0
          ? undefined
          : "made with rights that the server does not give"
        : difference(before, seen, read);
    return { seen, ...(cause === undefined ? {} : { cause }) };
  } catch {
    // Gone between the listing and the look, or changed in it: the next look says so.
    return before ? { seen: before } : {};
  } finally {
    if (file !== undefined) closeSync(file);
  }
};

const difference = (before: Seen, after: Seen, read: (from: number, to: number) => Buffer): string | undefined => {
  if (before.ino !== after.ino) return "replaced by another file";
  if (before.uid !== after.uid || before.mode !== after.mode) return "other owner or rights";
  if (after.size < before.settled) return `shortened from ${before.size} to ${after.size} bytes`;
  const isSame =
    before.head.equals(after.head.subarray(0, before.head.length)) &&
    before.tail.equals(read(before.settled - before.tail.length, before.settled));
  return isSame ? undefined : "rewritten";
};

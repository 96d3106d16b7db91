import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import {
  type CastIndexEntry,
  encodeCastIndexEntry,
  recordingFileName,
  recordingStart,
  runtimeFileNames,
} from "@atelier/contract";

/** Not waiting: whoever is root may have put a pipe there. */
const createNew =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_EXCL |
  constants.O_NOFOLLOW |
  constants.O_NONBLOCK;
/** Where a recording's files are to be. */
interface Place {
  readonly folder: string;
  readonly terminal: string;
  readonly now: () => Date;
}

/** A server that was killed in this very second, or a shell that was restarted in it, has taken its name. */
export const freeStart = ({ folder, terminal, now }: Place): string => {
  for (let at = now().getTime(); ; at += 1000) {
    const start = recordingStart(new Date(at));
    if (!existsSync(join(folder, recordingFileName({ start, terminal, part: 1 })))) return start;
  }
};

/** -1 when there is a file of that name. */
export const openNew = (path: string): number => {
  try {
    return openSync(path, createNew, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return -1;
    throw error;
  }
};

export const isRemoved = (file: number): boolean => fstatSync(file).nlink === 0;

/**
 * An index saves work and is never a reason to lose a recording. One that stands there already is of a
 * recording that somebody has removed.
 */
export const tryOpen = (path: string): number => {
  try {
    return openSync(path, (createNew & ~constants.O_EXCL) | constants.O_TRUNC, 0o600);
  } catch {
    return -1;
  }
};

export const writeIndex = (part: { index: number }, entry: CastIndexEntry): void => {
  if (part.index === -1) return;
  try {
    writeSync(part.index, encodeCastIndexEntry(entry));
  } catch {
    attempt(() => closeSync(part.index));
    part.index = -1;
  }
};

/** `session.cast`, relative, replaced in one step so that a reader always finds it. False where it could not be. */
export const pointSession = (folder: string, name: string): boolean => {
  const link = join(folder, runtimeFileNames.currentRecording);
  const draft = `${link}.${process.pid}`;
  attempt(() => unlinkSync(draft));
  return attempt(() => {
    symlinkSync(name, draft);
    renameSync(draft, link);
  });
};

/** For what is better left undone than a reason to fail. Answers whether it was done. */
export const attempt = (run: () => void): boolean => {
  try {
    run();
    return true;
  } catch {
    return false;
  }
};

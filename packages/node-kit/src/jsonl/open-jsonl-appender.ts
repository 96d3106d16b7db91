import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { encodeRecord, maxLineBytes } from "@atelier/contract";

/** A record as the appender stamps it. */
export interface StampedRecord {
  readonly v: 1;
  readonly seq: number;
  readonly ts: string;
  readonly type: string;
}

export interface JsonlAppender {
  /** Stamps and writes. Never throws: while the disk refuses, lines wait in memory and are tried every second. */
  append<T extends { readonly type: string }>(record: T): T & StampedRecord;
  /** Tries again what waits, then asks the kernel to put everything on disk. */
  flush(): void;
  close(): void;
  readonly state: AppenderState;
  readonly lastSeq: number;
}

export type AppenderState =
  /** `lost` is how many never came to the file before the disk was well again; 0 where it always was. */
  | { readonly kind: "ok"; readonly lost: number }
  /** Lines wait for the disk; `lost` is how many no longer fitted the queue. */
  | { readonly kind: "failing"; readonly cause: string; readonly waiting: number; readonly lost: number };

export interface AppenderOptions {
  readonly path: string;
  readonly now: () => Date;
  readonly onState?: (state: AppenderState) => void;
  /** Most bytes that wait in memory while the disk refuses; default 4 MiB. */
  readonly queueBytes?: number;
}

const retryMs = 1000;
const newline = 0x0a;

/**
 * Opens a JSONL file for appending. `seq` goes on after the file's last whole record; a torn last line,
 * normal after a crash, is cut off, so that every line of the file stays a record. One write per
 * record with O_APPEND: what was appended is the kernel's before `append` returns, and survives SIGKILL.
 * Where somebody has removed the file another one goes on, with the next number.
 */
export const openJsonlAppender = ({
  path,
  now,
  onState,
  queueBytes = 4 * 1024 * 1024,
}: AppenderOptions): JsonlAppender => {
  let file = openFile(path);
  let seq = repairTail(file);
  let queue: string[] = [];
  let queued = 0;
  let lost = 0;
  let state: AppenderState = { kind: "ok", lost: 0 };
  let isClosed = false;
  /** Half a line stands at the end that could not be cut off: what follows begins a line of its own. */
  let isTorn = false;
  let retry: NodeJS.Timeout | undefined;

  const change = (next: AppenderState): void => {
    const isNews = next.kind !== state.kind;
    state = next;
    if (next.kind === "ok") {
      clearInterval(retry);
      retry = undefined;
    } else retry ??= setInterval(drain, retryMs).unref();
    if (isNews) onState?.(next);
  };

  const sizeNow = (): number => {
    const { size, nlink } = fstatSync(file);
    if (nlink > 0) return size;
    // What goes into a file that was removed is read by nobody.
    const next = openFile(path);
    closeSync(file);
    file = next;
    isTorn = false;
    repairTail(file);
    return fstatSync(file).size;
  };

  const write = (line: string): void => {
    const before = sizeNow();
    const data = Buffer.from(isTorn ? `\n${line}` : line);
    let written = 0;
    try {
      while (written < data.length) written += writeSync(file, data, written);
      isTorn = false;
    } catch (error) {
      // Half a line would make the next one unreadable.
      if (written > 0 && !isCut(file, before)) isTorn = true;
      throw error;
    }
  };

  const drain = (): void => {
    // The descriptor's number may be another file's by now.
    if (isClosed) return;
    try {
      while (queue[0] !== undefined) {
        write(queue[0]);
        queued -= queue[0].length;
        queue.shift();
      }
      if (state.kind !== "ok") {
        const ended = lost;
        lost = 0;
        change({ kind: "ok", lost: ended });
      }
    } catch (error) {
      change({ kind: "failing", cause: (error as Error).message, waiting: queue.length, lost });
    }
  };

  return {
    append: (record) => {
      const stamped = { v: 1 as const, seq: ++seq, ts: now().toISOString(), ...record };
      const line = encodeRecord(stamped);
      if (queued + line.length > queueBytes) {
        lost++;
        // The number is used up: the gap in `seq` tells every reader that something is missing here.
        change({
          kind: "failing",
          cause: state.kind === "failing" ? state.cause : "queue full",
          waiting: queue.length,
          lost,
        });
      } else {
        queue.push(line);
        queued += line.length;
      }
      drain();
      return stamped;
    },
    flush: () => {
      drain();
      if (state.kind === "ok") fsyncSync(file);
    },
    close: () => {
      if (isClosed) return;
      drain();
      isClosed = true;
      clearInterval(retry);
      closeSync(file);
      queue = [];
    },
    get state() {
      return state;
    },
    get lastSeq() {
      return seq;
    },
  };
};

/** Not waiting: root may have put a pipe in the file's place, and one that is full would hold all of the server up. */
const openFlags =
  constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const openFile = (path: string): number => openSync(path, openFlags, 0o600);

const isCut = (file: number, size: number): boolean => {
  try {
    ftruncateSync(file, size);
    return true;
  } catch {
    return false;
  }
};

const pieceBytes = 2 * maxLineBytes;
/** Stands for the rest of a line that is longer than any record: it makes none of what stands before it. */
const noRecord = Buffer.from("…");

/** Cuts a torn last line off and answers the last whole record's `seq`; 0 for an empty file. */
const repairTail = (file: number): number => {
  const { size } = fstatSync(file);
  const memory = Buffer.allocUnsafe(pieceBytes);
  /** After the last newline. */
  let end: number | undefined;
  let seq: number | undefined;
  /** Of the line that ends last of those looked at: what of it lies behind the piece. */
  let rest = Buffer.alloc(0);
  for (let start = size; start > 0 && seq === undefined; ) {
    const length = Math.min(start, pieceBytes);
    start -= length;
    const piece = memory.subarray(0, readSync(file, memory, 0, length, start));
    const lastNewline = piece.lastIndexOf(newline);
    if (end === undefined && lastNewline === -1) continue;
    const lines = end === undefined ? piece.subarray(0, lastNewline) : Buffer.concat([piece, rest]);
    end ??= start + lastNewline + 1;
    // The first one may be the end of a longer line, unless the file starts here.
    const first = start === 0 ? 0 : lines.indexOf(newline) + 1;
    rest = start === 0 ? Buffer.alloc(0) : Buffer.from(first === 0 ? lines : lines.subarray(0, first - 1));
    if (rest.length > maxLineBytes) rest = noRecord;
    if (start === 0 || first > 0) seq = lastSeqOf(lines.subarray(first));
  }
  if ((end ?? 0) < size) ftruncateSync(file, end ?? 0);
  return seq ?? 0;
};

const lastSeqOf = (lines: Buffer): number | undefined =>
  lines
    .toString("utf8")
    .split("\n")
    .toReversed()
    .map(seqOf)
    .find((value) => value !== undefined);

const seqOf = (line: string): number | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    const seq = typeof value === "object" && value !== null && "seq" in value ? value.seq : undefined;
    return typeof seq === "number" && Number.isSafeInteger(seq) && seq > 0 ? seq : undefined;
  } catch {
    return undefined;
  }
};

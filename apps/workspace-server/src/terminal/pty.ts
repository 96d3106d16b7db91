import { readSync } from "node:fs";
import { createRequire } from "node:module";
import { ReadStream } from "node:tty";
import type { MakeRoom } from "../limits/start-with-room.ts";
import { PtyInput } from "./pty-input.ts";

/** A program on a pseudo-terminal of its own. */
export interface Pty {
  readonly pid: number;
  /** Path of the slave. */
  readonly path: string;
  /** Never waits. Answers false when too much is waiting for the program to read it: then it is not typed at all. */
  write(bytes: Uint8Array): boolean;
  /** Reads no more; a program that goes on writing then waits. */
  pause(): void;
  resume(): void;
  resize(cols: number, rows: number): void;
}

export interface OpenPtyOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly cols: number;
  readonly rows: number;
  /** The bytes are overwritten by the next read: whoever keeps them copies them. */
  readonly onData: (bytes: Buffer) => void;
  /** After the last data, unless something else holds the terminal open. */
  readonly onExit: (exit: { readonly exitCode: number; readonly signal: number }) => void;
}

/** The part of node-pty's addon that is used. Its own stream costs four times what reading costs. */
interface Addon {
  fork(...parameters: readonly unknown[]): { readonly fd: number; readonly pid: number; readonly pty: string };
  resize(fd: number, cols: number, rows: number): void;
}

/**
 * What the kernel's line discipline hands out at once: a read that fills its buffer is followed by another
 * without a look at what else there is to do, up to 32 times.
 */
const readBytes = 4095;
/** So many at most, 16 KiB: then typing in other terminals has its turn. */
const readsInRow = 4;
/** Data may come after the exit, and a job in the background may hold the terminal open for ever. */
const lastDataMs = 200;
/** More than the kernel keeps of what was printed before the exit; a job in the background may go on. */
const lastDataBytes = 256 * 1024;

let loaded: Addon | undefined;
const loadAddon = (): Addon => {
  const require = createRequire(import.meta.url);
  loaded ??= (require("@lydell/node-pty/requireBinary.js") as { requireBinary(file: string): Addon }).requireBinary(
    "pty.node",
  );
  return loaded;
};

/** Loads what the first terminal needs, for whoever cannot wait for it later. */
export const loadPtys = (): void => {
  loadAddon();
};

/** How much there is to read; 0 when there is nothing, or nothing any more. */
const readNow = (fd: number, buffer: Buffer): number => {
  try {
    return readSync(fd, buffer);
  } catch {
    return 0;
  }
};

export const openPty = (options: OpenPtyOptions): Pty => {
  const { argv, cwd, cols, rows, onData } = options;
  const addon = loadAddon();
  const [file = "", ...args] = argv;
  const env = Object.entries({ ...options.env, PWD: cwd }).map(([name, value]) => `${name}=${value}`);
  let exit: { readonly exitCode: number; readonly signal: number } | undefined;
  let isClosed = false;
  const onExit = (exitCode: number, signal: number): void => {
    exit = { exitCode, signal };
    if (isClosed) options.onExit(exit);
    else setTimeout(readLast, lastDataMs);
  };
  // As whom, and with which encoding, is said elsewhere: -1 changes nobody. The last two are for macOS.
  const { fd, pid, pty } = addon.fork(file, args, env, cwd, cols, rows, -1, -1, false, "", onExit);
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  let reads = 0;
  let isPaused = false;
  /** Also where reading pauses: what a program said before it ended is never said again. */
  const readLast = (): void => {
    if (stream.destroyed) return;
    let left = lastDataBytes;
    for (let length = readNow(fd, buffer); length > 0 && left > 0; length = readNow(fd, buffer)) {
      onData(buffer.subarray(0, length));
      left -= length;
    }
    stream.destroy();
  };
  const nextTurn = (): void => {
    reads = 0;
    if (!isPaused) stream.resume();
  };
  const stream = new ReadStream(fd, {
    onread: {
      buffer,
      callback: (length: number) => {
        onData(length === readBytes ? buffer : buffer.subarray(0, length));
        reads = length === readBytes ? reads + 1 : 0;
        if (reads < readsInRow) return true;
        setImmediate(nextTurn);
        return false;
      },
    },
  });
  const input = new PtyInput({ fd, isOpen: () => !stream.destroyed });
  // EIO is how a terminal ends whose last program is gone.
  stream.on("error", () => {});
  stream.once("close", () => {
    isClosed = true;
    input.end();
    if (exit) options.onExit(exit);
  });
  stream.resume();
  return {
    pid,
    path: pty,
    write: (bytes) => input.write(bytes),
    pause: () => {
      isPaused = true;
      stream.pause();
    },
    resume: () => {
      isPaused = false;
      stream.resume();
    },
    resize: (nextCols, nextRows) => {
      // From here to the event of its closing the number may be another file's.
      if (!stream.destroyed) addon.resize(fd, nextCols, nextRows);
    },
  };
};

/** A student who has used up all processes loses them before they are left without a shell. */
export const openPtyWithRoom = async (options: OpenPtyOptions, makeRoom: MakeRoom): Promise<Pty> => {
  try {
    return openPty(options);
  } catch {
    // The addon says that forkpty failed and not why; with processes to spare it does not.
    await makeRoom();
    return openPty(options);
  }
};

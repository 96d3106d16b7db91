import { readFileSync } from "node:fs";
import { join } from "node:path";

/** In bytes. */
export interface Writes {
  /** Of this container's programs, in the kernel's cache and not on a disk yet. */
  readonly unwritten: number;
  /** Ever written to the machine's busiest disk, by anybody. */
  readonly onDisk: number;
}

export interface WritesFolders {
  /** Where cgroups are mounted. */
  readonly cgroup: string;
  readonly proc: string;
}

/**
 * Undefined where the kernel holds a writer back by itself: version 2 of cgroups gives each its own share of
 * unwritten bytes, version 1 only all of them together, and counts nobody's writes.
 */
export const readWrites = ({ cgroup, proc }: WritesFolders): Writes | undefined => {
  const text = read(join(cgroup, "memory/memory.stat"));
  if (text === undefined) return undefined;
  const of = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
  // `major minor name`, four numbers of reads, then writes, merged ones, sectors of 512 bytes.
  const disks = (read(join(proc, "diskstats")) ?? "")
    .split("\n")
    .map((line) => Number(line.trim().split(/\s+/)[9] ?? 0));
  return { unwritten: of("dirty") + of("writeback"), onDisk: Math.max(...disks) * 512 };
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

export interface WritingWatchOptions {
  readonly writes: () => Writes | undefined;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly onLook: (isHeavy: boolean) => void;
}

/**
 * Bytes a second by which what is unwritten grows. Installations and builds stay far below; a loop that only writes
 * is above it until the kernel wants no more.
 */
const heavyGrowth = 256 * 1024 ** 2;
/** Bytes a second that come in. What is slowed down still writes more, as long as it writes. */
const calmRate = 32 * 1024 ** 2;
const calmMs = 1000;

/**
 * Tells while the programs here write as fast as they can: at every look, and once when it is over. Call it a
 * few times a second.
 */
export const createWritingWatch = ({ writes, clock, onLook }: WritingWatchOptions): (() => void) => {
  let before: (Writes & { readonly at: number }) | undefined;
  let isHeavy = false;
  let busyAt = 0;
  return () => {
    const seen = writes();
    if (seen === undefined) return;
    const now = { ...seen, at: clock() };
    const last = before;
    before = now;
    if (last === undefined) return;
    const seconds = Math.max(1, now.at - last.at) / 1000;
    const growth = (now.unwritten - last.unwritten) / seconds;
    if (growth >= heavyGrowth) {
      isHeavy = true;
      busyAt = now.at;
    }
    if (!isHeavy) return;
    // What comes in is what is more than before, here or on the disk.
    const rate = growth + (now.onDisk - last.onDisk) / seconds;
    if (rate >= calmRate) busyAt = now.at;
    isHeavy = now.at - busyAt < calmMs;
    onLook(isHeavy);
  };
};

/** A look takes some 50 µs, and in between a quick disk is a gigabyte behind. */
const everyMs = 250;

export const startWritingWatch = (onLook: (isHeavy: boolean) => void): Disposable => {
  const writes = (): Writes | undefined => readWrites({ cgroup: "/sys/fs/cgroup", proc: "/proc" });
  // The kernel has one way or the other, and keeps it.
  if (writes() === undefined) return { [Symbol.dispose]: () => {} };
  const timer = setInterval(createWritingWatch({ writes, clock: () => performance.now(), onLook }), everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
};

import type { StateEvent } from "@atelier/contract";
import type { CgroupCounts } from "./read-cgroup.ts";
import { sizeText } from "./size-text.ts";
import type { StudentProcess } from "./student-processes.ts";

type LimitHit = Omit<Extract<StateEvent, { type: "limit-hit" }>, "v" | "seq" | "ts">;

export interface LimitsWatchOptions {
  readonly counts: () => CgroupCounts;
  readonly processes: () => readonly StudentProcess[];
  /** Bytes that each of these has written to disks, by its id. */
  readonly written: (pids: readonly number[]) => Promise<ReadonlyMap<number, number>>;
  /** Bytes that are left for files. */
  readonly diskLeft: () => number | undefined;
  readonly onHit: (hit: LimitHit) => void;
}

/** Less than this is a full disk to most programs. */
const fullBelow = 16 * 1024 * 1024;
/** Who has written less has not filled a disk: then the one that did has ended, and nobody else is named. */
const wroteMuch = 64 * 1024 * 1024;
/** A disk that is nearly full all the time is told once, until there is room again. */
const roomAbove = 256 * 1024 * 1024;

/**
 * Tells when a limit was hit, and who most likely hit it: of memory the largest program that is gone, of
 * processes the one there are most of, of the disk the one that wrote most. Call it once in a while.
 */
export const createLimitsWatch = (options: LimitsWatchOptions): (() => void) => {
  let before = options.counts();
  let seen = options.processes();
  let isFull = false;

  const writerAmong = async (processes: readonly StudentProcess[]): Promise<string | undefined> => {
    // The full disk is told in any case.
    const written = await options.written(processes.map(({ pid }) => pid)).catch(() => new Map<number, number>());
    const sizeOf = ({ pid }: StudentProcess): number => written.get(pid) ?? 0;
    const writer = largest(processes, sizeOf);
    return writer !== undefined && sizeOf(writer) >= wroteMuch ? writer.name : undefined;
  };

  return () => {
    const counts = options.counts();
    const processes = options.processes();
    if (counts.memoryKills > before.memoryKills) {
      const gone = seen.filter(({ pid }) => !processes.some((other) => other.pid === pid));
      options.onHit(
        hitOf(
          "memory",
          counts.memoryLimit === undefined ? "?" : sizeText(counts.memoryLimit),
          largest(gone, ({ memory }) => memory)?.name,
        ),
      );
    }
    if (counts.pidsRefused > before.pidsRefused) {
      const crowd = [...processes, ...seen];
      const most = largest(crowd, ({ name }) => crowd.filter((other) => other.name === name).length);
      options.onHit(hitOf("pids", `${counts.pidsLimit ?? "?"} processes`, most?.name));
    }
    const left = options.diskLeft();
    if (left !== undefined && left < fullBelow && !isFull) {
      isFull = true;
      void writerAmong(processes).then((name) => options.onHit(hitOf("disk", `${sizeText(left)} left`, name)));
    } else if (left !== undefined && left > roomAbove) isFull = false;
    before = counts;
    seen = processes;
  };
};

const hitOf = (resource: LimitHit["resource"], limit: string, name: string | undefined): LimitHit => ({
  type: "limit-hit",
  resource,
  limit,
  ...(name === undefined ? {} : { process: name }),
});

const largest = <T>(all: readonly T[], sizeOf: (one: T) => number): T | undefined =>
  all.reduce<{ readonly one: T; readonly size: number } | undefined>((best, one) => {
    const size = sizeOf(one);
    return best === undefined || size > best.size ? { one, size } : best;
  }, undefined)?.one;

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the kernel counts of a container's limits. */
export interface CgroupCounts {
  /** Absent: no limit. In bytes. */
  readonly memoryLimit?: number;
  /** Processes that the kernel ended for want of memory, since the container started. */
  readonly memoryKills: number;
  readonly pidsLimit?: number;
  /** Processes that were not to be had any more, since the container started. */
  readonly pidsRefused: number;
}

/** Reads them as version 2 of cgroups has them, else version 1, below the folder where both are mounted. */
export const readCgroup = (root = "/sys/fs/cgroup"): CgroupCounts => {
  const v2 = text(join(root, "memory.events")) !== undefined || text(join(root, "pids.events")) !== undefined;
  const memory = v2 ? root : join(root, "memory");
  const pids = v2 ? root : join(root, "pids");
  const memoryLimit = limitOf(text(join(memory, v2 ? "memory.max" : "memory.limit_in_bytes")));
  const pidsLimit = limitOf(text(join(pids, "pids.max")));
  return {
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    memoryKills: countOf(text(join(memory, v2 ? "memory.events" : "memory.oom_control")), "oom_kill"),
    ...(pidsLimit === undefined ? {} : { pidsLimit }),
    pidsRefused: countOf(text(join(pids, "pids.events")), "max"),
  };
};

/** Version 1 has no word for "none": it answers the largest page count there is. */
const unlimited = 2 ** 60;

const limitOf = (value: string | undefined): number | undefined => {
  const limit = Number(value?.trim());
  return Number.isFinite(limit) && limit > 0 && limit < unlimited ? limit : undefined;
};

const countOf = (lines: string | undefined, name: string): number =>
  Number(new RegExp(`^${name} (\\d+)$`, "m").exec(lines ?? "")?.[1] ?? 0);

const text = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface StudentProcess {
  readonly pid: number;
  /** As the kernel has it: at most 15 characters, and whatever the process calls itself. */
  readonly name: string;
  /** In bytes. */
  readonly memory: number;
}

/** The processes of a user that still run, by the kernel's word. One that has ended and was not yet asked for runs no more. */
export const processesOf = (uid: number): readonly StudentProcess[] =>
  readdirSync("/proc").flatMap((entry): StudentProcess[] => {
    if (!/^\d+$/.test(entry)) return [];
    const status = read(`/proc/${entry}/status`);
    if (status === undefined || Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) !== uid) return [];
    if (/^State:\s+[ZX]/m.test(status)) return [];
    return [
      {
        pid: Number(entry),
        name: /^Name:\s+(.*)$/m.exec(status)?.[1] ?? "?",
        memory: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024,
      },
    ];
  });

/** A fork bomb makes new ones between two looks; stopped ones make none. */
const rounds = 60;

/**
 * Ends everything a user runs: whoever needs a process and gets none makes room with it. Answers how many
 * there were. Of root's nothing is ended: they cannot be told from our own.
 */
export const endProcessesOf = async (uid: number): Promise<number> => {
  if (uid === 0) return 0;
  const ended = new Set<number>();
  for (let round = 0; round < rounds; round++) {
    const found = processesOf(uid).filter(({ pid }) => pid !== process.pid);
    if (found.length === 0) break;
    for (const signal of ["SIGSTOP", "SIGKILL"] as const)
      for (const { pid } of found) {
        ended.add(pid);
        try {
          process.kill(pid, signal);
        } catch {
          // It has ended by itself.
        }
      }
    await sleep(10);
  }
  return ended.size;
};

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

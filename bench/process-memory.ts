import { readdirSync, readFileSync } from "node:fs";

export const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);

export const parentOf = (pid: number): number =>
  Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);

export const processIds = (): readonly number[] => readdirSync("/proc").map(Number).filter(Number.isInteger);

/** argv; empty for one that has ended meanwhile. */
export const commandOf = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
};

/** The container's first process is tini; the server is its child. */
export const serverBelow = (tini: number): number => {
  const server = childrenOf(tini).find((pid) => commandOf(pid).includes("/opt/atelier/server/main.mjs"));
  if (server === undefined) throw new Error("no server below tini");
  return server;
};

/** From smaps_rollup, in MiB. */
export const memoryOf = (pid: number): { readonly rss: number; readonly pss: number } => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { rss: field("Rss"), pss: field("Pss") };
};

/** Milliseconds of a processor that it has had, in its own code and in the kernel. */
export const cpuTimeOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

import { readFileSync } from "node:fs";

/** The container's first process is tini; the server is its child. */
export const serverBelow = (tini: number): number => {
  const children = readFileSync(`/proc/${tini}/task/${tini}/children`, "utf8").trim().split(" ").map(Number);
  const server = children.find((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("/opt/atelier/server/main.mjs"),
  );
  if (server === undefined) throw new Error("no server below tini");
  return server;
};

/** From smaps_rollup, in MiB. */
export const memoryOf = (pid: number): { readonly rss: number; readonly pss: number } => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return { rss: field("Rss"), pss: field("Pss") };
};

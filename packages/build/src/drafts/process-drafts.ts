import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../docker/build-labels.ts";

/** What a process needs of this machine's disk while it works; the name says whose it is. */
type Kind = "build" | "base" | "npm";

/** A new folder of this process in the system's place for what is temporary. */
export const temporaryFolder = (kind: Kind): Promise<string> =>
  mkdtemp(join(tmpdir(), `atelier-${kind}-${process.pid}-`));

const temporary = /^atelier-(?:build|base|npm)-(\d+)-/;
const inCache = /^(?:ground-[0-9a-f]{24}\.tar|build-memory\.json|dagger-session\.sock)\.(\d+)$/;

/** Removes what killed builds left on this machine's disk; what belongs to a living process stays. */
export const removeDeadDrafts = async (cacheFolder: string): Promise<void> => {
  await Promise.all([removeDead(tmpdir(), temporary), removeDead(cacheFolder, inCache)]);
};

/** Removes what carries the number of a process that is no more: the pattern's first group. */
export const removeDead = async (folder: string, pattern: RegExp): Promise<void> => {
  const names = await readdir(folder).catch(() => []);
  // Somebody else's may not be ours to remove.
  for (const name of names)
    if (isDead(name, pattern)) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
};

const isDead = (name: string, pattern: RegExp): boolean => {
  const pid = pattern.exec(name)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
};

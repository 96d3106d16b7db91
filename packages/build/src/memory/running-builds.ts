import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../docker/build-labels.ts";

const folderOf = (cacheFolder: string): string => join(cacheFolder, "building");

/** Says that this process builds, until it is disposed of: what a build stands on may have no name yet. */
export const markBuild = (cacheFolder: string): Disposable => {
  const mark = join(folderOf(cacheFolder), String(process.pid));
  mkdirSync(folderOf(cacheFolder), { recursive: true });
  writeFileSync(mark, "");
  return { [Symbol.dispose]: () => rmSync(mark, { force: true }) };
};

/** Processes that build with this folder now; what killed ones left says nothing. */
export const runningBuilds = (cacheFolder: string): readonly number[] =>
  existsSync(folderOf(cacheFolder)) ? readdirSync(folderOf(cacheFolder)).map(Number).filter(isAlive) : [];

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../gate/root.ts";

/** A file of the repository that people write. */
export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file that is tracked, or would be if it were added: what `.gitignore` names is left out. */
export const listFiles = (): readonly string[] =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" })
    .split("\0")
    .filter((path) => path !== "" && existsSync(join(root, path)))
    .sort();

export const readSource = (path: string): SourceFile => ({ path, text: readFileSync(join(root, path), "utf8") });

/** Files of code: TypeScript and plain JavaScript. */
export const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs|js)$/.test(path);

/** Code that runs only while developing: tests, their fixtures, and configuration of tools. */
export const isTestCode = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) ||
  /^tests\//.test(path) ||
  /\/(testing|cases)\//.test(path) ||
  /(^|\/)[\w-]+\.config\.ts$/.test(path);

/** Line of an offset, from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

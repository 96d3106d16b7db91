import { readFileSync, statSync } from "node:fs";
import { isNesting } from "./process-state.ts";

const folders = ["/bin", "/usr/bin", "/usr/local/bin"];
const names = ["bash", "dash", "zsh", "fish", "ksh", "mksh", "tcsh", "busybox"];

interface KnownShell {
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

let shells: readonly KnownShell[] | undefined;
const seen = new Map<string, string | undefined>();
/** Programs that run in the foreground; far more than a workshop has. */
const mostSeen = 1000;

/** The shell that a process is under another name: `cp /bin/bash ~/vim`. Undefined for all others. */
export const disguisedShellOf = (pid: number): string | undefined => {
  const path = `/proc/${pid}/exe`;
  try {
    const { dev, ino, size, mtimeMs } = statSync(path);
    const key = `${dev}:${ino}:${size}:${mtimeMs}`;
    if (!seen.has(key)) {
      if (seen.size >= mostSeen) seen.clear();
      seen.set(key, copyOf(path, size));
    }
    return seen.get(key);
  } catch {
    // It has ended, or is none that can be looked at.
    return undefined;
  }
};

const copyOf = (path: string, size: number): string | undefined => {
  shells ??= folders.flatMap((folder) => names.flatMap((name) => knownShell(name, `${folder}/${name}`)));
  const alike = shells.filter((shell) => shell.size === size);
  if (alike.length === 0) return undefined;
  const content = readFileSync(path);
  return alike.find((shell) => readFileSync(shell.path).equals(content))?.name;
};

const knownShell = (name: string, path: string): readonly KnownShell[] => {
  try {
    return isNesting(name) ? [{ name, path, size: statSync(path).size }] : [];
  } catch {
    return [];
  }
};

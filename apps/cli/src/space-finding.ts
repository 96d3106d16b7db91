import { statfs } from "node:fs/promises";
import type { Finding } from "./finding.ts";

const gibibyte = 1024 ** 3;

/** Bytes that are free where a path lies; undefined where nobody here can tell: in a virtual machine, for one. */
export const freeSpace = async (path: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};

/** Warns while there is still room to do something about it. */
export const spaceFinding = (check: string, bytes: number, fix: string): Finding => {
  const found = `${(bytes / gibibyte).toFixed(1)} GiB free`;
  if (bytes < gibibyte) return { check, status: "error", found, fix };
  return bytes < 5 * gibibyte ? { check, status: "warning", found, fix } : { check, status: "ok", found, fix: "" };
};

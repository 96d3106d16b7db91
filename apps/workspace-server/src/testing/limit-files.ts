import { execFileSync } from "node:child_process";

/**
 * How large files of this process may become: what lies above is refused as a full disk refuses it.
 * RLIMIT_FSIZE needs neither root nor a small disk.
 */
export const limitFiles = (bytes: number | "unlimited"): void => {
  execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:unlimited`]);
};

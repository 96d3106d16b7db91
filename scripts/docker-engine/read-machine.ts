import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { MachineFacts } from "./engine-plan.ts";

const systemFolders = ["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin"];

/** Absolute path of a program on PATH or in a system folder (where a user's PATH does not look). */
export const findProgram = (name: string): string | undefined =>
  [...(process.env.PATH ?? "").split(delimiter), ...systemFolders]
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

export const isRoot = (): boolean => process.getuid?.() === 0;

const canSudo = (): boolean =>
  findProgram("sudo") !== undefined && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0;

const isDebian = (): boolean => {
  if (findProgram("apt-get") === undefined || !existsSync("/etc/os-release")) return false;
  return /^ID(?:_LIKE)?="?(?:.*\s)?debian\b/m.test(readFileSync("/etc/os-release", "utf8"));
};

export const readMachine = (): MachineFacts => ({
  platform: process.platform,
  isDebian: isDebian(),
  canBecomeRoot: isRoot() || canSudo(),
  hasDaemon: findProgram("dockerd") !== undefined,
  isInstallRefused: process.env.ATELIER_NO_INSTALL === "1",
  ...(process.env.DOCKER_HOST ? { dockerHost: process.env.DOCKER_HOST } : {}),
});

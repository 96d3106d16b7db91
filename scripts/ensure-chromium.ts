import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { AppError } from "@atelier/domain";
import { isRoot, readMachine } from "./docker-engine/read-machine.ts";

/** Where Debian's package puts it; the browser tests start exactly this one. */
const chromium = "/usr/bin/chromium";

/**
 * Makes sure that Debian's Chromium is there for the browser tests: installs it from Debian's packages
 * as root, unless `ATELIER_NO_INSTALL=1`, and says so. Throws `AppError` `chromium-missing` elsewhere.
 */
export const ensureChromium = (log: (line: string) => void): void => {
  if (existsSync(chromium)) return;
  const { isDebian, canBecomeRoot, isInstallRefused } = readMachine();
  if (!isDebian || !canBecomeRoot || isInstallRefused)
    throw new AppError("chromium-missing", `The browser tests need ${chromium}, which is not here.`, {
      hint: isInstallRefused ? "Unset ATELIER_NO_INSTALL, or install chromium." : "Install Debian's chromium package.",
    });
  log("Installing chromium from Debian's packages for the browser tests (ATELIER_NO_INSTALL=1 refuses this).");
  for (const args of [
    ["update", "-qq"],
    ["install", "-y", "-qq", "--no-install-recommends", "chromium"],
  ]) {
    const command = isRoot()
      ? ["apt-get", ...args]
      : ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
    const [program = "", ...rest] = command;
    const { status, stderr } = spawnSync(program, rest, {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
    });
    if (status !== 0)
      throw new AppError(
        "chromium-missing",
        `"${command.join(" ")}" failed: ${stderr.trim().split("\n").slice(-5).join("\n")}`,
        {
          hint: "Install chromium by hand and run this again.",
        },
      );
  }
};

import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A Docker engine of its own on a small disk. */
export interface SmallEngine extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Makes its disk so many mebibytes. */
  resize(mebibytes: number): void;
}

const run = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: "utf8" });

/** Starts one with images of the engine that is there; undefined where this user may mount nothing or has no dockerd. */
export const openSmallEngine = async (
  mebibytes: number,
  images: readonly string[],
): Promise<SmallEngine | undefined> => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-engine-"));
  try {
    run("dockerd", "--version");
    run("mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "none", folder);
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  for (const name of ["data", "exec"]) mkdirSync(join(folder, name));
  const host = `unix://${folder}/engine.sock`;
  // In a network of its own: a daemon without a bridge takes away the one that another daemon has.
  const daemon = spawn(
    "unshare",
    [
      ...["--net", "dockerd"],
      ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
      ...["--host", host, "--pidfile", join(folder, "pid")],
      ...["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-masq=false"],
    ],
    { stdio: "ignore" },
  );
  const ended = new Promise((resolve) => daemon.once("exit", resolve));
  const engine: SmallEngine = {
    host,
    resize: (size) => void run("mount", "-o", `remount,size=${size}m`, folder),
    [Symbol.asyncDispose]: async () => {
      daemon.kill();
      await ended;
      run("umount", "--recursive", "--lazy", folder);
      rmSync(folder, { recursive: true });
    },
  };
  try {
    for (let tries = 0; ; tries++) {
      try {
        execFileSync("docker", ["--host", host, "info"], { stdio: "ignore" });
        break;
      } catch (error) {
        if (tries > 60 || daemon.exitCode !== null) throw error;
        await sleep(250);
      }
    }
    run("sh", "-c", `docker save ${images.join(" ")} | docker --host ${host} load`);
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
  return engine;
};

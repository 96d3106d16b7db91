import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type EngineEndpoint, findEndpoint } from "@atelier/backend-docker";
import { AppError } from "@atelier/domain";
import { planEngine } from "./docker-engine/engine-plan.ts";
import { pingEngine } from "./docker-engine/ping-engine.ts";
import { findProgram, isRoot, readMachine } from "./docker-engine/read-machine.ts";

/** What an engine needs on Debian; `debootstrap` makes bases where no registry answers. */
const packages = ["docker.io", "containerd", "runc", "debootstrap", "iptables"];

export interface EnsureDockerOptions {
  /** Takes sentences for people: what is installed and started. */
  readonly log: (line: string) => void;
}

/**
 * Makes sure that a Docker engine answers, and says where. Where none does, on Debian with root rights,
 * it installs one from Debian's packages (unless `ATELIER_NO_INSTALL=1`) and starts it; an engine that
 * was started so keeps running. Throws `AppError` `docker-unreachable` with what to do everywhere else.
 */
export const ensureDocker = async ({ log }: EnsureDockerOptions): Promise<EngineEndpoint> => {
  const endpoint = await findEndpoint(process.env);
  if (await pingEngine(endpoint)) return endpoint;
  const { isInstalling } = planEngine(readMachine());
  if (isInstalling) {
    log(`No Docker engine is installed: installing ${packages.join(", ")} (ATELIER_NO_INSTALL=1 refuses this).`);
    installPackages();
  }
  const daemon = startDaemon(log);
  for (let tries = 0; tries < 120 && daemon.isAlive(); tries++) {
    // The installation may have brought a context or a socket that was not there before.
    const found = await findEndpoint(process.env);
    if (await pingEngine(found)) {
      log("The Docker engine answers.");
      return found;
    }
    await sleep(500);
  }
  const end = daemon.isAlive() ? "does not answer within a minute" : "ended at once";
  throw new AppError("docker-unreachable", `The Docker engine was started but ${end}.`, { hint: daemon.lastWords() });
};

/** Runs a command as root: as it is, or through sudo. */
const asRoot = (command: readonly string[]): readonly string[] =>
  isRoot() ? command : ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", ...command];

const installPackages = (): void => {
  runAsRoot(["apt-get", "update", "-qq"]);
  // From Debian 13 on the client is a package of its own.
  const client = spawnSync("apt-cache", ["show", "docker-cli"], { stdio: "ignore" }).status === 0 ? ["docker-cli"] : [];
  runAsRoot(["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...packages, ...client]);
};

const runAsRoot = (command: readonly string[]): void => {
  const [program = "", ...args] = asRoot(command);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim().split("\n").slice(-10).join("\n");
  throw new AppError("docker-install", `"${command.join(" ")}" failed: ${said}`, {
    hint: "Install docker.io by hand, or set up apt's sources, and run this again.",
  });
};

/** An engine that was just started. */
interface StartedDaemon {
  /** False once it has ended; systemd's own is taken to live. */
  isAlive(): boolean;
  /** Where it says what went wrong, with the end of it where that is a file of ours. */
  lastWords(): string;
}

/** Starts the engine by systemd where that runs the machine, else by hand. */
const startDaemon = (log: (line: string) => void): StartedDaemon => {
  if (existsSync("/run/systemd/system")) {
    log("Starting the Docker engine (systemctl start docker).");
    runAsRoot(["systemctl", "start", "docker"]);
    return { isAlive: () => true, lastWords: () => "See: journalctl -u docker" };
  }
  const logFile = join(mkdtempSync(join(tmpdir(), "atelier-dockerd-")), "dockerd.log");
  log(`Starting the Docker engine by hand, since no systemd runs here (log: ${logFile}).`);
  const output = openSync(logFile, "a");
  // Without root the socket has to be open to the group of whoever runs this.
  const group = isRoot() ? [] : ["--group", String(process.getgid?.() ?? 0)];
  const [program = "", ...args] = asRoot([findProgram("dockerd") ?? "dockerd", ...group]);
  const daemon = spawn(program, args, { detached: true, stdio: ["ignore", output, output] });
  closeSync(output);
  let isAlive = true;
  const ended = (): void => {
    isAlive = false;
  };
  daemon.once("exit", ended).once("error", ended);
  daemon.unref();
  return { isAlive: () => isAlive, lastWords: () => `Its last words (${logFile}):\n${lastLines(logFile)}` };
};

const lastLines = (file: string): string => readFileSync(file, "utf8").trim().split("\n").slice(-8).join("\n");

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const checkoutsCli = fileURLToPath(new URL("../../../apps/cli/src/main.ts", import.meta.url));

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The CLI with a state directory and a folder of its own; both, and all workspaces, go with it. */
export interface AtelierCli extends AsyncDisposable {
  readonly folder: string;
  readonly stateDirectory: string;
  /** Runs a command to its end. */
  run(...args: string[]): Promise<CliResult>;
  /** The same, but throws with everything that was said when the exit code is not 0. */
  succeed(...args: string[]): Promise<CliResult>;
  /** Starts a command and answers at once. */
  start(...args: string[]): ChildProcess;
  /** Writes files below the folder; keys are paths. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
}

/** What the CLI started for this state directory alone ends with it. */
const endSupervisor = async (stateDirectory: string): Promise<void> => {
  const file = join(stateDirectory, "supervisor.json");
  try {
    const { pid } = JSON.parse(readFileSync(file, "utf8")) as { pid: number };
    process.kill(pid, "SIGTERM");
    // It takes its file away last.
    for (let waited = 0; existsSync(file) && waited < 3000; waited += 10) await sleep(10);
  } catch {
    // None was started, or it has ended.
  }
};

/** Nor does a session with Dagger that was kept for the builds to come. */
const endKeeper = (stateDirectory: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(join(stateDirectory, "cache/dagger-session.sock"));
    socket.once("error", () => resolve()).once("close", () => resolve());
    socket.resume().end('{"op":"end","isNow":true}\n');
  });

/** @param cliFile what Node runs: the checkout's sources, or what a package holds */
export const createAtelierCli = async (
  env: Readonly<Record<string, string>> = {},
  cliFile: string = checkoutsCli,
): Promise<AtelierCli> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-test-"));
  const stateDirectory = join(folder, ".state");
  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [cliFile, ...args], {
      cwd: folder,
      env: {
        ...process.env,
        NO_COLOR: "1",
        XDG_CONFIG_HOME: join(folder, ".config"),
        ATELIER_STATE_DIR: stateDirectory,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const run = async (...args: string[]): Promise<CliResult> => {
    const child = start(...args);
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name]?.on("data", (data: Buffer) => {
        text[name] += data.toString("utf8");
      });
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once("error", reject).once("close", resolve),
    );
    return { code, ...text };
  };
  return {
    folder,
    stateDirectory,
    start,
    run,
    succeed: async (...args) => {
      const result = await run(...args);
      if (result.code !== 0)
        throw new Error(`atelier ${args.join(" ")} ended with ${result.code}:\n${result.stderr}${result.stdout}`);
      return result;
    },
    write: async (files) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await run("remove", "--all", "--yes");
      await endSupervisor(stateDirectory);
      await endKeeper(stateDirectory);
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 25 });
    },
  };
};

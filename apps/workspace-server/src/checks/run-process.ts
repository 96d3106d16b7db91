import { spawn } from "node:child_process";
import { type MakeRoom, startWithRoom } from "../limits/start-with-room.ts";

export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly isTimeout: boolean;
}

export interface ProcessOptions {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Most bytes kept of each stream; default 1 MiB. */
  readonly keep?: number;
  /** For what must run even where the student has used up all processes. */
  readonly makeRoom?: MakeRoom;
}

/**
 * Runs a program in its own process group and kills the whole group at the deadline. One whose signal is aborted
 * already is not started; throws the signal's reason then as well as later.
 */
export const runProcess = async ({
  argv,
  cwd,
  env,
  timeoutMs,
  signal,
  keep = 1 << 20,
  makeRoom,
}: ProcessOptions): Promise<ProcessResult> => {
  signal?.throwIfAborted();
  const [file = "", ...args] = argv;
  const start = () =>
    spawn(file, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"], ...(cwd ? { cwd } : {}) });
  const child = makeRoom === undefined ? start() : await startWithRoom(start, makeRoom);
  let isTimeout = false;
  const kill = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
  };
  const timer = setTimeout(() => {
    isTimeout = true;
    kill();
  }, timeoutMs);
  signal?.addEventListener("abort", kill, { once: true });
  // While room was made for it nobody listened.
  if (signal?.aborted) kill();
  const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for (const name of ["stdout", "stderr"] as const) {
    let size = 0;
    child[name].on("data", (data: Buffer) => {
      if (size < keep) kept[name].push(data.subarray(0, keep - size));
      size += data.length;
    });
  }
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      // "exit" and not "close": a background child of the command may hold the pipes open for ever.
      child.once("exit", (code) => setImmediate(() => resolve(code)));
    });
    signal?.throwIfAborted();
    return {
      stdout: Buffer.concat(kept.stdout).toString("utf8"),
      stderr: Buffer.concat(kept.stderr).toString("utf8"),
      exitCode,
      isTimeout,
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
    child.stdout.destroy();
    child.stderr.destroy();
  }
};

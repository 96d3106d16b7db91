import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AppError } from "@atelier/domain";
import { asIdentity, type Identity } from "../identity/identity.ts";

export interface WorkerOptions {
  readonly identity: Identity;
  /** argv that starts the worker, without its verb: `[node, checkpoint-worker.mjs]`. */
  readonly worker: readonly string[];
  readonly verb: "scan" | "save" | "restore";
  readonly order: unknown;
  readonly input?: Readable;
  /** Where the archive goes; the answer then comes on stderr. */
  readonly output?: Writable;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** For tests on machines without setpriv in the platform's place. */
  readonly asIdentity?: typeof asIdentity;
}

/**
 * Runs one worker process with the student's rights and answers with its parsed JSON answer. The
 * process is killed at the deadline or when the signal fires. Throws `AppError` `checkpoint-failed`.
 */
export const runWorker = async (options: WorkerOptions): Promise<unknown> => {
  const argv = (options.asIdentity ?? asIdentity)(options.identity, [...options.worker, options.verb]);
  const [file = "", ...args] = argv;
  const child = spawn(file, args, {
    cwd: "/",
    detached: true,
    env: { HOME: options.identity.home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const kill = (): void => {
    if (child.pid !== undefined)
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself between the two lines.
      }
  };
  const timer = setTimeout(kill, options.deadlineMs);
  options.signal?.addEventListener("abort", kill, { once: true });
  try {
    const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
    const order = child.stdio[3] as Writable;
    const feeding = [
      sendAndClose(order, JSON.stringify(options.order)),
      options.input ? pipeline(options.input, child.stdin) : sendAndClose(child.stdin, ""),
      ...(options.output ? [pipeline(child.stdout, options.output)] : []),
    ];
    const answer = options.output ? textOf(child.stderr) : textOf(child.stdout);
    const complaint = options.output ? answer : textOf(child.stderr);
    // A worker that dies early breaks its pipes; its exit says more than EPIPE does.
    await Promise.allSettled(feeding);
    const code = await ended;
    if (code !== 0)
      throw new AppError(
        "checkpoint-failed",
        `the ${options.verb} of the student's files ended with ${code ?? "a signal"}: ${(await complaint).slice(-500)}`,
      );
    return JSON.parse(await answer);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", kill);
  }
};

const sendAndClose = (stream: Writable, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.end(text, resolve);
  });

const textOf = async (stream: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
};

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PassThrough, pipeline, type Readable, type Writable } from "node:stream";
import { AppError } from "@atelier/domain";
import { asIdentity, type Identity } from "../identity/identity.ts";
import type { FileAnswer, FileOrder } from "./file-order.ts";

export interface FileWorkerOptions {
  readonly identity: Identity;
  /** argv that starts `files/worker/main.ts`. */
  readonly worker: readonly string[];
  readonly roots: readonly string[];
  readonly asIdentity?: typeof asIdentity;
}

export interface FileWork {
  readonly answer: FileAnswer;
  /**
   * What a `read` or an `archive` brings; must be read to its end or destroyed. Fails with `file-failed`
   * when the process ended before it had given all.
   */
  readonly bytes: Readable;
}

/** A small order takes moments; bytes take what the line takes. */
const deadlines = { small: 20_000, bytes: 30 * 60_000, givenUp: 1000 } as const;

/**
 * Has an order carried out by a process with the student's rights. Throws the worker's fault as an
 * `AppError`. The process goes when its bytes are destroyed, at its deadline, and when `signal` fires.
 */
export const runFileWorker = async (
  order: FileOrder,
  options: FileWorkerOptions,
  { input, signal }: { readonly input?: Readable; readonly signal?: AbortSignal } = {},
): Promise<FileWork> => {
  signal?.throwIfAborted();
  const [file = "", ...args] = (options.asIdentity ?? asIdentity)(options.identity, options.worker);
  const child = spawn(file, args, {
    cwd: "/",
    detached: true,
    env: { HOME: options.identity.home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    stdio: ["pipe", "pipe", "ignore", "pipe", "pipe"],
  });
  const end = (how: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, how);
    } catch {
      // It has ended by itself between the two lines.
    }
  };
  const kill = (): void => end("SIGKILL");
  let lastTimer: NodeJS.Timeout | undefined;
  // What is written is beside its place until it is whole: it is taken away by who laid it there.
  const giveUp = (): void => {
    end(order.verb === "write" ? "SIGTERM" : "SIGKILL");
    lastTimer ??= setTimeout(kill, deadlines.givenUp);
  };
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve).once("error", () => resolve(null)));
  const timer = setTimeout(
    kill,
    input || order.verb === "read" || order.verb === "archive" ? deadlines.bytes : deadlines.small,
  );
  signal?.addEventListener("abort", giveUp, { once: true });
  child.once("close", () => {
    clearTimeout(timer);
    clearTimeout(lastTimer);
    signal?.removeEventListener("abort", giveUp);
  });
  const [stdin, stdout, , orders, answers] = child.stdio as unknown as [
    Writable,
    Readable,
    unknown,
    Writable,
    Readable,
  ];
  // The end of a pipe says nothing: a process that was killed has one too.
  const bytes = new PassThrough({
    flush: (done) => {
      exit.then((code) => (code === 0 ? done() : done(endedEarly())));
    },
  });
  pipeline(stdout, bytes, () => undefined);
  // Whoever reads hears of it; nobody does who has not begun yet, or wants the answer alone.
  bytes.on("error", () => undefined);
  bytes.once("close", () => (bytes.readableEnded ? undefined : kill()));
  // One that dies early breaks its pipes; its missing answer says more than EPIPE does.
  orders.on("error", () => undefined).end(JSON.stringify({ roots: options.roots, ...order }));
  stdin.on("error", () => undefined);
  if (input === undefined) stdin.end();
  else {
    input.on("error", giveUp);
    input.pipe(stdin);
  }
  const answer = await new Promise<FileAnswer | undefined>((resolve) => {
    const lines = createInterface(answers);
    lines.once("line", (line) => resolve(JSON.parse(line) as FileAnswer));
    lines.once("close", () => resolve(undefined));
    child.once("error", () => resolve(undefined));
  });
  if (answer?.fault === undefined && answer !== undefined) {
    if (order.verb !== "read" && order.verb !== "archive") bytes.resume();
    return { answer, bytes };
  }
  input?.unpipe(stdin);
  bytes.destroy();
  kill();
  if (answer?.fault === undefined) throw endedEarly();
  throw new AppError(answer.fault.code, answer.fault.message);
};

const endedEarly = (): AppError =>
  new AppError("file-failed", "The process that works on your files ended early.", {
    hint: "Try again. If it stays: is there memory left, and room for another process?",
  });

import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { AppError } from "@atelier/domain";
import { asIdentity, type Identity } from "../identity/identity.ts";
import { endProcessesOf } from "../limits/student-processes.ts";
import { preferAsVictim } from "../limits/prefer-as-victim.ts";
import { defaultCheckpointLimits } from "./limits.ts";
import { encodeFrame, type Frame, FrameReader } from "./worker/frames.ts";
import type { WorkerOrder } from "./worker/orders.ts";

export interface FileWorkerOptions {
  readonly identity: Identity;
  /** argv that starts the worker: `[node, checkpoint-worker.mjs]`. */
  readonly worker: readonly string[];
  /** For one order. */
  readonly deadlineMs?: number;
  /** Most bytes that a `save` may send; more is no archive of ours. */
  readonly archiveBytes?: number;
  /** For tests on machines without setpriv in the platform's place. */
  readonly asIdentity?: typeof asIdentity;
}

export interface OrderStreams {
  /** The archive of a `restore`. */
  readonly input?: Readable;
  /** Where the archive of a `save` goes. */
  readonly output?: Writable;
  readonly signal?: AbortSignal;
}

/**
 * A process with the student's rights that works on their files, one order at a time. It is started when it
 * is needed and ends with its order, unless it is kept warm: a swap cannot wait for a process to start.
 * What it says is not trusted: it runs as the student, who may stop, kill or trace it.
 */
export interface FileWorker extends Disposable {
  /** Answers with the worker's answer as parsed JSON. Throws `AppError` `checkpoint-failed`. */
  run(order: WorkerOrder, streams?: OrderStreams): Promise<unknown>;
  /** Has a process at hand from now on, for so long after its last order. */
  keepWarm(ms: number): void;
  /** Whether the next order goes to the process that executed the last one. */
  readonly isSame: boolean;
}

const defaultDeadlineMs = 60_000;
/** Headers and padding of the archive come on top of the files. */
const defaultArchiveBytes = 2 * defaultCheckpointLimits.totalBytes;
/** For a process that was kept to say that it heard: more, and somebody has stopped it. */
const acceptMs = 2000;

export const createFileWorker = (options: FileWorkerOptions): FileWorker => {
  let kept: WorkerProcess | undefined;
  let warmMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const rest = (): void => {
    clearTimeout(timer);
    if (warmMs === 0) {
      kept?.end();
      kept = undefined;
      return;
    }
    timer = setTimeout(() => {
      warmMs = 0;
      kept?.end();
      kept = undefined;
    }, warmMs);
    timer.unref();
  };
  const execute = async (order: WorkerOrder, streams: OrderStreams): Promise<unknown> => {
    clearTimeout(timer);
    if (kept?.isAlive === true && !(await kept.accepts(order, acceptMs))) {
      kept.kill();
      kept = undefined;
    }
    if (kept?.isAlive !== true) {
      kept = await startWithRoom(options);
      kept.send(order);
    }
    try {
      return await kept.finish(order, streams);
    } catch (error) {
      kept.kill();
      kept = undefined;
      throw error;
    } finally {
      rest();
    }
  };

  return {
    get isSame() {
      return kept?.isAlive === true && kept.orders > 0;
    },
    run: (order, streams = {}) => {
      const next = last.then(() => execute(order, streams));
      last = next.catch(() => undefined);
      return next;
    },
    keepWarm: (ms) => {
      warmMs = ms;
      last = last.then(() => {
        if (kept?.isAlive !== true) kept = startProcess(options);
        rest();
      });
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      warmMs = 0;
      kept?.kill();
      kept = undefined;
    },
  };
};

/** A student who has used up all processes loses them before they lose their files. */
const startWithRoom = async (options: FileWorkerOptions): Promise<WorkerProcess> => {
  const started = startProcess(options);
  if (await started.hasStarted) return started;
  await endProcessesOf(options.identity.uid);
  return startProcess(options);
};

interface WorkerProcess {
  /** False: the system had no process for it. Any other failure shows with the order. */
  readonly hasStarted: Promise<boolean>;
  readonly isAlive: boolean;
  readonly orders: number;
  send(order: WorkerOrder): void;
  /** Sends an order and answers whether it was heard. */
  accepts(order: WorkerOrder, ms: number): Promise<boolean>;
  /** Waits for the answer to the order that was sent. */
  finish(order: WorkerOrder, streams: OrderStreams): Promise<unknown>;
  /** No more orders. */
  end(): void;
  kill(): void;
}

const startProcess = ({
  identity,
  worker,
  deadlineMs = defaultDeadlineMs,
  archiveBytes = defaultArchiveBytes,
  ...options
}: FileWorkerOptions): WorkerProcess => {
  const [file = "", ...args] = (options.asIdentity ?? asIdentity)(identity, worker);
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(file, args, {
    cwd: "/",
    detached: true,
    env: { HOME: identity.home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  preferAsVictim(child.pid);
  // It must not keep the server from ending.
  child.unref();
  let exit: string | undefined;
  let complaint = "";
  let orders = 0;
  /** What nobody waits for yet. */
  const early: Frame[] = [];
  const keepFrame = (frame: Frame): void => void early.push(frame);
  let onFrame: (frame: Frame) => void = keepFrame;
  let onEnd: () => void = () => {};
  const ended = (why: string): void => {
    exit ??= why;
    onEnd();
  };
  const kill = (): void => {
    if (child.pid !== undefined)
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    ended("was ended");
  };
  const reader = new FrameReader();
  child.stdout.on("data", (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) onFrame(frame);
    } catch (error) {
      complaint += (error as Error).message;
      kill();
    }
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString("utf8")}`.slice(-500);
  });
  // A process that dies early breaks its pipes; its exit says more than EPIPE does.
  child.stdin.on("error", () => {});
  const hasStarted = new Promise<boolean>((resolve) => {
    child.once("spawn", () => resolve(true));
    child.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EAGAIN"));
  });
  child.once("error", (error) => ended(error.message));
  child.once("close", (code, signal) => ended(`ended with ${code ?? signal}`));
  const failure = (order: WorkerOrder, why: string): AppError =>
    new AppError(
      "checkpoint-failed",
      `the ${order.verb} of the student's files ${why}${complaint && `: ${complaint}`}`,
    );

  const send = (order: WorkerOrder): void => {
    orders++;
    child.stdin.write(encodeFrame("order", Buffer.from(JSON.stringify(order))));
  };
  return {
    hasStarted,
    get isAlive() {
      return exit === undefined;
    },
    get orders() {
      return orders;
    },
    send,
    accepts: (order, ms) =>
      new Promise<boolean>((resolve) => {
        const done = (isHeard: boolean): void => {
          clearTimeout(timer);
          onFrame = keepFrame;
          onEnd = () => {};
          resolve(isHeard);
        };
        const timer = setTimeout(() => done(false), ms);
        onFrame = () => done(true);
        onEnd = () => done(false);
        send(order);
      }),
    finish: async (order, { input, output, signal }) => {
      let bytes = 0;
      const answered = Promise.withResolvers<unknown>();
      const deadline = setTimeout(
        () => answered.reject(failure(order, `took longer than ${deadlineMs} ms`)),
        deadlineMs,
      );
      const abort = (): void => answered.reject(failure(order, "was given up"));
      signal?.addEventListener("abort", abort, { once: true });
      onEnd = () => answered.reject(failure(order, exit ?? "ended"));
      onFrame = ({ kind, payload }) => {
        if (kind === "data") {
          bytes += payload.length;
          if (bytes > archiveBytes) answered.reject(failure(order, "sent more than an archive may hold"));
          else if (output?.write(payload) === false && !child.stdout.isPaused()) {
            // What was read before the pause still comes as frames: one listener serves them all.
            child.stdout.pause();
            output.once("drain", () => child.stdout.resume());
          }
        } else if (kind === "answer")
          try {
            answered.resolve(JSON.parse(payload.toString("utf8")));
          } catch {
            answered.reject(failure(order, "was answered with nonsense"));
          }
        else if (kind === "failure")
          answered.reject(failure(order, `failed: ${payload.toString("utf8").slice(0, 500)}`));
      };
      output?.once("error", (error) => answered.reject(error));
      if (exit !== undefined) onEnd();
      if (signal?.aborted) abort();
      early.splice(0).forEach(onFrame);
      try {
        if (input) {
          await feed(input, child.stdin, answered.promise);
          child.stdin.write(encodeFrame("end"));
        }
        const answer = await answered.promise;
        if (output) await new Promise<void>((resolve, reject) => output.once("error", reject).end(() => resolve()));
        return answer;
      } finally {
        clearTimeout(deadline);
        signal?.removeEventListener("abort", abort);
        onFrame = keepFrame;
        onEnd = () => {};
        child.stdout.resume();
      }
    },
    end: () => child.stdin.end(),
    kill,
  };
};

/** Sends an archive on, as fast as it is taken, until it ends or its order does. */
const feed = async (input: Readable, stdin: Writable, over: Promise<unknown>): Promise<void> => {
  let isOver = false;
  const end = over.then(
    () => {
      isOver = true;
    },
    () => {
      isOver = true;
    },
  );
  for await (const chunk of input) {
    if (isOver) break;
    if (!stdin.write(encodeFrame("data", chunk as Buffer)))
      await Promise.race([new Promise((resolve) => stdin.once("drain", resolve)), end]);
  }
};

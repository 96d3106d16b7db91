import { spawn } from "node:child_process";
import { lstatSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DaggerHost } from "../dagger-host.ts";
import {
  type Answer,
  answerSchema,
  type Ask,
  type KeeperAbout,
  lineOf,
  type Started,
  socketName,
  startedSchema,
} from "./keeper-protocol.ts";
import type { SessionAddress } from "./open-session.ts";
import { querySession } from "./query-session.ts";
import { sessionKey } from "./session-key.ts";

/** A session that outlives the build; leaving it ends nothing but the build's part. */
export interface KeptSession extends Disposable {
  readonly address: SessionAddress;
  /** Ids of the session's objects that earlier builds remembered, by what they are of. */
  readonly known: ReadonlyMap<string, string>;
  remember(entries: Readonly<Record<string, string>>): void;
}

export interface KeptSessionOptions {
  readonly host: DaggerHost;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the keeper's socket lies. */
  readonly folder: string;
  /** argv of a keeper's process. */
  readonly command: readonly [string, ...string[]];
  readonly signal: AbortSignal;
}

/** A keeper that is well answers at once. */
const answerTimeoutMs = 2000;
const secondLookMs = 500;
const pingTimeoutMs = 5000;

/**
 * The session that a keeper holds, else that of a new keeper. One whose engine does not answer any more is
 * replaced. Undefined where none can be kept: then a build has a session of its own. Throws what `dagger` said
 * when there is no engine.
 */
export const useKeptSession = async (options: KeptSessionOptions): Promise<KeptSession | undefined> => {
  const { folder, signal } = options;
  const key = sessionKey(options.host, options.env);
  const file = join(folder, socketName);
  const found = await useKeeper(file, key);
  if (found && (await isAlive(found.address, signal))) return found;
  // Another build may still have hopes of it; it ends when nobody uses it, since another takes its place.
  found?.[Symbol.dispose]();
  await mkdir(folder, { recursive: true });
  const started = await startKeeper(options, { file, key });
  if (started.t === "session") throw new Error(started.message);
  return started.t === "ready" ? useKeeper(file, key) : undefined;
};

/** What is known of a folder's keeper; undefined when there is none. */
export const aboutKeeper = async (folder: string): Promise<KeeperAbout | undefined> => {
  const answered = await ask(join(folder, socketName), { op: "about" });
  answered?.socket.destroy();
  return answered?.answer.t === "about" ? answered.answer.about : undefined;
};

/** Ends a folder's keeper, at once or when the builds that use it are done. */
export const endKeeper = async (folder: string): Promise<void> => {
  const answered = await ask(join(folder, socketName), { op: "end", isNow: false });
  answered?.socket.destroy();
};

const useKeeper = async (file: string, key: string): Promise<KeptSession | undefined> => {
  const answered = await ask(file, { op: "use", key });
  if (answered === undefined) return undefined;
  const { answer, socket } = answered;
  if (answer.t !== "use") {
    socket.destroy();
    return undefined;
  }
  return {
    address: { port: answer.port, token: answer.token },
    known: new Map(Object.entries(answer.known)),
    remember: (entries) => void socket.write(lineOf({ remember: { ...entries } })),
    [Symbol.dispose]: () => void socket.end(),
  };
};

/**
 * Whether the engine answers and has files from here: when the way to it was cut and is there again, it answers, but
 * the session's own connection for files is gone for good.
 */
const isAlive = async (address: SessionAddress, signal: AbortSignal): Promise<boolean> => {
  using query = querySession(address, AbortSignal.any([signal, AbortSignal.timeout(pingTimeoutMs)]));
  try {
    await query.request('{ host { findUp(name: ".", noCache: true) } }');
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
};

/** Says one thing to whoever listens; undefined when nobody does, somebody else's does, or it is not understood. */
const ask = async (
  file: string,
  message: Ask,
): Promise<{ readonly answer: Answer; readonly socket: Socket } | undefined> => {
  const there = lstatSync(file, { throwIfNoEntry: false });
  // Through somebody else's session their files would be read, and they would see what we send.
  if (!there?.isSocket() || there.uid !== process.getuid?.()) return undefined;
  const socket = connect(file);
  // This process loads the SDK meanwhile: on a crowded machine the time may be over before it has looked once.
  socket.setTimeout(answerTimeoutMs).once("timeout", () => {
    socket.setTimeout(secondLookMs).once("timeout", () => socket.destroy(new Error("it does not answer")));
  });
  try {
    socket.write(lineOf(message));
    const line = await firstLine(socket);
    socket.setTimeout(0);
    // From here on a keeper that ends is noticed by what is asked of its session.
    socket.on("error", () => socket.destroy()).resume();
    return { answer: answerSchema.parse(JSON.parse(line)), socket };
  } catch {
    socket.destroy();
    return undefined;
  }
};

const firstLine = (input: NodeJS.ReadableStream): Promise<string> =>
  new Promise((resolve, reject) => {
    const lines = createInterface({ input });
    input.once("error", reject);
    // Who is destroyed says nothing, and readline does not ask.
    input.once("close", () => reject(new Error("it went away")));
    // It passes on what its input says.
    lines.once("error", reject);
    lines.once("line", (line) => {
      resolve(line);
      lines.close();
    });
    lines.once("close", () => reject(new Error("it ended without a word")));
  });

/** In a session of its own: it outlives the command, the terminal and its Ctrl-C. */
const startKeeper = async (
  { host, env, folder, command: [program, ...args], signal }: KeptSessionOptions,
  { file, key }: { readonly file: string; readonly key: string },
): Promise<Started> => {
  const child = spawn(program, args, { cwd: folder, detached: true, stdio: ["pipe", "pipe", "ignore"], env });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
  failed.catch(() => undefined);
  child.stdin.on("error", () => undefined);
  child.stdin.end(lineOf({ file, key, cli: host.cli, ...(host.runner ? { runner: host.runner } : {}) }));
  try {
    return startedSchema.parse(JSON.parse(await Promise.race([firstLine(child.stdout), failed])));
  } catch (error) {
    child.kill();
    signal.throwIfAborted();
    return { t: "place", message: (error as Error).message };
  } finally {
    child.unref();
    child.stdout.destroy();
  }
};

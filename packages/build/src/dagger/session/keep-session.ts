import { chmodSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { askSchema, type Answer, type KeeperAbout, lineOf, rememberSchema } from "./keeper-protocol.ts";
import type { OpenSession } from "./open-session.ts";

export interface KeepSessionOptions {
  /** Socket by which builds ask for the session; only its owner may. */
  readonly file: string;
  readonly key: string;
  readonly session: OpenSession;
  /** Name of the engine, for people. */
  readonly engine: string;
  /** In ms since 1970. */
  readonly now: () => number;
  readonly limits: KeeperLimits;
  readonly signal: AbortSignal;
  readonly onReady: () => void;
}

export interface KeeperLimits {
  /** So long without a build, and it ends. */
  readonly idleMs: number;
  /** The engine keeps what a session has asked for, so that none may go on for ever: an older one takes no new build. */
  readonly oldestMs: number;
  /** How often it looks whether the socket is still its own. */
  readonly lookMs: number;
}

/** The engine's ids of what builds asked for, newest last. */
const mostKnown = 2000;

/**
 * Holds a session for builds to come, and remembers for them what is what in it. Ends after a while without a
 * build, with the session's own process, when another keeper took its place, and when it is told to. Throws when
 * the socket cannot be made.
 */
export const keepSession = async (options: KeepSessionOptions): Promise<void> => {
  const { file, key, session, now, limits, signal } = options;
  const since = now();
  const users = new Set<Socket>();
  const known = new Map<string, string>();
  const over = new AbortController();
  const end = (): void => over.abort();
  let isEnding = false;
  let idle: NodeJS.Timeout | undefined;
  const whenUnused = (): void => {
    clearTimeout(idle);
    if (users.size > 0) return;
    if (isEnding) end();
    else idle = setTimeout(end, limits.idleMs);
  };
  const endWhenUnused = (): void => {
    isEnding = true;
    whenUnused();
  };

  const use = (socket: Socket, wanted: string): Answer => {
    const isOld = now() - since > limits.oldestMs && users.size === 0;
    if (isOld) endWhenUnused();
    if (isEnding || wanted !== key) return { t: "no" };
    users.add(socket);
    clearTimeout(idle);
    socket.once("close", () => {
      users.delete(socket);
      whenUnused();
    });
    return { t: "use", ...session.address, known: Object.fromEntries(known) };
  };
  const about = (): KeeperAbout => ({ pid: process.pid, since, users: users.size, engine: options.engine });
  const answer = (socket: Socket, line: string): void => {
    if (users.has(socket)) {
      for (const [name, id] of Object.entries(rememberSchema.parse(JSON.parse(line)).remember)) {
        known.delete(name);
        known.set(name, id);
      }
      for (const name of [...known.keys()].slice(0, Math.max(0, known.size - mostKnown))) known.delete(name);
      return;
    }
    const ask = askSchema.parse(JSON.parse(line));
    if (ask.op === "use") socket.write(lineOf(use(socket, ask.key)));
    else socket.end(lineOf({ t: "about", about: about() }));
    if (ask.op === "end" && ask.isNow) end();
    else if (ask.op === "end") endWhenUnused();
  };
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    const lines = createInterface({ input: socket });
    lines.on("error", () => socket.destroy());
    lines.on("line", (line) => {
      try {
        answer(socket, line);
      } catch {
        // Of another release, or no build at all: whoever does not understand us does without.
        socket.destroy();
      }
    });
  });

  const isOwn = await takePlace(server, file);
  // Two builds that began at once have started one each; the later one is in its place.
  const looking = setInterval(() => {
    if (!isOwn()) endWhenUnused();
  }, limits.lookMs);
  try {
    whenUnused();
    options.onReady();
    await Promise.race([
      session.ended,
      new Promise<void>((resolve) => AbortSignal.any([signal, over.signal]).addEventListener("abort", () => resolve())),
    ]);
  } finally {
    clearInterval(looking);
    clearTimeout(idle);
    if (isOwn()) rmSync(file, { force: true });
    server.close();
    for (const socket of users) socket.destroy();
    await session[Symbol.asyncDispose]();
  }
};

/**
 * Listens under a name of its own and then takes the place by rename: whatever lay there, a dead keeper's socket
 * or a living one's, nobody finds a place that is empty. Answers how to look whether the place is still ours.
 */
const takePlace = async (server: Server, file: string): Promise<() => boolean> => {
  const draft = `${file}.${process.pid}`;
  rmSync(draft, { force: true });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(draft, resolve));
  chmodSync(draft, 0o600);
  const { ino, dev } = statSync(draft);
  try {
    renameSync(draft, file);
  } catch (error) {
    server.close();
    throw error;
  }
  return () => {
    const there = statSync(file, { throwIfNoEntry: false });
    return there?.ino === ino && there.dev === dev;
  };
};

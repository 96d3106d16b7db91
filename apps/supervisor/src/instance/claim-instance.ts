import { mkdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The right to be the one supervisor of a state directory. */
export interface Instance extends Disposable {
  /** False when the socket is no longer ours: the folder was removed, or somebody else took over. */
  readonly isOurs: boolean;
}

/**
 * Listens on the state directory's socket; whoever does is the supervisor. A socket that a killed one left
 * refuses connections and is replaced. Paths of sockets are short, so the process has to stand in the folder.
 * @param path relative to the working directory: `supervisor.sock`
 * @returns undefined when another one is alive
 */
export const claimInstance = async (path: string): Promise<Instance | undefined> => {
  const mutex = `${path}.takeover`;
  for (let attempt = 0; attempt < 200; attempt++) {
    const server = await listen(path);
    if (server) return instanceOf(server, path);
    if (await answers(path)) return undefined;
    // Two that find the same stale socket must not both remove it: the second would remove the first one's.
    if (!tryMake(mutex)) {
      if (ageOf(mutex) > 5_000) tryRemove(mutex);
      await sleep(25);
      continue;
    }
    try {
      if (!(await answers(path))) rmSync(path, { force: true });
    } finally {
      tryRemove(mutex);
    }
  }
  return undefined;
};

const instanceOf = (server: Server, path: string): Instance => {
  const own = inodeOf(path);
  return {
    get isOurs() {
      return own !== undefined && inodeOf(path) === own;
    },
    [Symbol.dispose]: () => {
      server.close();
    },
  };
};

/** Undefined: something is there already. */
const listen = (path: string): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;
const ageOf = (path: string): number => {
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return made === undefined ? 0 : Date.now() - made;
};
const tryMake = (path: string): boolean => {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
};
const tryRemove = (path: string): void => {
  try {
    rmdirSync(path);
  } catch {
    // Somebody else did.
  }
};

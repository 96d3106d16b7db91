import { watch } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { withoutIgnored } from "@atelier/domain";
import { readSourceTree } from "@atelier/node-kit";

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Where nothing tells of changes (network shares, some virtual machines), the folder is read this often. */
  readonly pollMs?: number;
}

const settleMs = 60;

/**
 * Yields once when it watches, then after the folder changed; changes that come together are one, since
 * editors write a file in several moves. It watches on this machine, so no engine's virtual machine has to
 * pass anything on; what the system does not tell is found by looking now and then.
 */
export async function* watchFolder(folder: string, { signal, pollMs = 1500 }: WatchOptions): AsyncGenerator<void> {
  let wake: () => void = () => {};
  let hasChanged = false;
  const told = (): void => {
    hasChanged = true;
    wake();
  };
  using _watcher = watchQuietly(folder, told);
  let seen = await stateOf(folder, signal);
  // What changed before the first look is found by whoever looks now.
  yield;
  while (!signal.aborted) {
    if (!hasChanged) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([woken, sleep(pollMs, undefined, { signal }).catch(() => {})]);
    }
    if (signal.aborted) return;
    if (hasChanged) await sleep(settleMs, undefined, { signal }).catch(() => {});
    hasChanged = false;
    const now = await stateOf(folder, signal);
    if (now === seen) continue;
    seen = now;
    yield;
  }
}

const watchQuietly = (folder: string, told: () => void): Disposable => {
  try {
    const watcher = watch(folder, { recursive: true }, told);
    // Where watching ends (limits, a share that goes), looking now and then is left.
    watcher.on("error", () => watcher.close());
    return { [Symbol.dispose]: () => watcher.close() };
  } catch {
    return { [Symbol.dispose]: () => {} };
  }
};

/**
 * What of the folder is a workshop's, in one string: paths and all that is known of them but the bytes. A folder
 * that is gone for a moment has none.
 */
const stateOf = async (folder: string, signal: AbortSignal): Promise<string> => {
  try {
    const { entries } = withoutIgnored(await readSourceTree(folder, { signal }));
    return JSON.stringify([...entries].map(([path, entry]) => [path, { ...entry, bytes: undefined }]));
  } catch {
    return "";
  }
};

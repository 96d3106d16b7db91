import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";

/** The right to write to the volume. Ends with the process, however that ends. */
export interface Lease extends Disposable {}

/**
 * Takes the kernel's lock on a file. The lock belongs to the open file that this process holds; flock(1)
 * merely asks for it on the inherited descriptor, so it ends with this process and works between two
 * containers on one volume.
 * @returns undefined when somebody else holds it
 */
export const tryLease = async (path: string, flock: string): Promise<Lease | undefined> => {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  try {
    const child = spawn(flock, ["--nonblock", "--exclusive", "3"], { stdio: ["ignore", "ignore", "ignore", file] });
    const code = await new Promise<number | null>((resolve, reject) =>
      child.once("error", reject).once("close", resolve),
    );
    if (code === 0) return { [Symbol.dispose]: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
  closeSync(file);
  return undefined;
};

/** Asks again until it is free. */
export const waitForLease = async ({
  path,
  flock,
  signal,
  everyMs = 50,
}: {
  path: string;
  flock: string;
  signal: AbortSignal;
  everyMs?: number;
}): Promise<Lease> => {
  for (;;) {
    signal.throwIfAborted();
    const lease = await tryLease(path, flock);
    if (lease) return lease;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      signal.addEventListener(
        "abort",
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    });
  }
};

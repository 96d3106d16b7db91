import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { parseRecordingFileName, runtimeFileNames } from "@atelier/contract";
import { cutTornLine } from "@atelier/node-kit";

/**
 * Ends what a killed server was writing with its last whole line: the command log and the recordings, which
 * players would refuse. For the holder of the lease, and before anybody watches the files: what becomes shorter
 * later looks as if somebody had touched it.
 */
export const cutTornLines = async (runtimeFolder: string): Promise<void> => {
  for (const name of readdirSync(runtimeFolder)) {
    if (name !== runtimeFileNames.commandLog && parseRecordingFileName(name) === undefined) continue;
    const path = join(runtimeFolder, name);
    // Readers pass a torn line over: it is no reason not to start.
    if (isTorn(path)) await cutTornLine(path).catch(() => undefined);
  }
};

/** Of many files hardly one is, and a moved student waits: so nobody is asked to wait for each. */
const isTorn = (path: string): boolean => {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last.toString() !== "\n";
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
};

import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Ends what stands in the way of a new process: the student's, see `endProcessesOf`. */
export type MakeRoom = () => Promise<unknown>;

/**
 * Starts a process that the server needs. Where the system has none left to give (EAGAIN), the student's are
 * ended first: who cannot be checked, saved or given a shell has lost more than what was running.
 * @throws what the start failed with otherwise
 */
export const startWithRoom = async <T extends ChildProcess>(start: () => T, makeRoom: MakeRoom): Promise<T> => {
  const child = start();
  // Without a process the reason follows as an event.
  if (child.pid !== undefined) return child;
  const [error] = (await once(child, "error")) as [NodeJS.ErrnoException];
  if (error.code !== "EAGAIN") throw error;
  await makeRoom();
  return start();
};

/**
 * Whether a program of Go's, as goss is one, says that it got no thread or process, in the words of Go. A
 * student who prints the same in a check's command ends nobody's programs but their own.
 */
export const lacksProcesses = (text: string): boolean =>
  /^runtime: failed to create new OS thread|fork\/exec [^:\n]+: resource temporarily unavailable/m.test(text);

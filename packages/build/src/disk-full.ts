import { tmpdir } from "node:os";
import { AppError } from "@atelier/domain";

const code = "disk-full";

/** Whether this machine's disk was full, wherever in the chain of causes it is said. */
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === "ENOSPC" ||
    (error as NodeJS.ErrnoException).code === "EDQUOT" ||
    isDiskFull(error.cause));

/** Whether an engine says that a disk is full. */
export const isFullDisk = ({ message }: Error): boolean => /no space left on device/i.test(message);

const engineCode = "engine-disk-full";

/** What to do about it, by engine. */
export const makeRoom = {
  docker: "`atelier clean` and `docker system df` show what can go.",
  dagger: "Make room where the Dagger engine keeps its cache, in its container's /var/lib/dagger.",
} as const;

/**
 * What an engine says of its own disk, with what was being made; anything else as it is. A command that failed
 * for it says so itself, with its line.
 */
export const orEngineFull = (error: unknown, doing: string): unknown =>
  error instanceof Error &&
  !(error instanceof AppError && [engineCode, code, "command-failed"].includes(error.code)) &&
  isFullDisk(error)
    ? new AppError(engineCode, `${doing}: the engine's disk is full: ${error.message}`, {
        hint: `${makeRoom[error instanceof AppError ? "docker" : "dagger"]} Build again then; everything before is cached.`,
        cause: error,
      })
    : error;

/** Where builds work, and what to do when that is full. */
export const temporaryPlace = () => ({
  place: tmpdir(),
  hint: "Make room there, or point TMPDIR at a disk that has some, and build again; everything before is cached.",
});

/**
 * Does work that writes to this machine's disk. Throws `AppError` `disk-full` when that has no room left, with its
 * place, and `engine-disk-full` when it is the engine's: they may be two.
 */
export const withRoom = async <T>(
  work: () => Promise<T>,
  said: { readonly doing: () => string; readonly place: string; readonly hint: string },
): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    // Whoever was nearer has named its own place.
    if (!isDiskFull(cause) || (cause instanceof AppError && cause.code === code))
      throw orEngineFull(cause, said.doing());
    throw new AppError(code, `${said.doing()}: there is no room left in ${said.place}.`, {
      hint: said.hint,
      cause,
    });
  }
};

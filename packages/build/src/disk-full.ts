import { AppError } from "@atelier/domain";

const code = "disk-full";

/** Whether this machine's disk was full, wherever in the chain of causes it is said. */
const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  ((error as NodeJS.ErrnoException).code === "ENOSPC" ||
    (error as NodeJS.ErrnoException).code === "EDQUOT" ||
    isDiskFull(error.cause));

/**
 * Does work that writes to this machine's disk. Throws `AppError` `disk-full` when that has no room left: the
 * engine may have another disk, so the place is named.
 */
export const withRoom = async <T>(
  work: () => Promise<T>,
  said: { readonly doing: () => string; readonly place: string; readonly hint: string },
): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    // Whoever was nearer has named its own place.
    if (!isDiskFull(cause) || (cause instanceof AppError && cause.code === code)) throw cause;
    throw new AppError(code, `${said.doing()}: there is no room left in ${said.place}.`, {
      hint: said.hint,
      cause,
    });
  }
};

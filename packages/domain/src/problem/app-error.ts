import { defaultRemedies } from "./default-remedies.ts";
import type { Diagnostic } from "./diagnostic.ts";

/**
 * A failed operation (as opposed to wrong input, which is a {@link Diagnostic}, and to a bug, which is
 * a plain `Error`).
 */
export class AppError extends Error {
  override readonly name = "AppError";
  /** Stable, kebab-case: `docker-unreachable`, `command-failed`. */
  readonly code: string;
  /** What to do next, in one sentence; without one of its own that of {@link defaultRemedies}. */
  readonly hint: string | undefined;
  /** For operations that were refused because of input: everything that was wrong with it. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    code: string,
    message: string,
    options: { hint?: string; cause?: unknown; diagnostics?: readonly Diagnostic[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? defaultRemedies[code];
    this.diagnostics = options.diagnostics ?? [];
  }
}

export const isAppError = (error: unknown): error is AppError => error instanceof AppError;

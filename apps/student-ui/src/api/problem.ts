import type { Problem } from "@atelier/contract";

/** A request that did not work, in the words of the server, or ours when none came. */
export class RequestFailed extends Error {
  readonly status: number;
  readonly problem: Problem;
  /** When to come again, for a limit that passes. */
  readonly retryAfterSeconds: number | undefined;

  /** `status` is 0 when nobody answered. */
  constructor(
    status: number,
    problem: Problem,
    { cause, retryAfterSeconds }: { readonly cause?: unknown; readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(problem.message, { cause });
    this.retryAfterSeconds = retryAfterSeconds;
    this.name = "RequestFailed";
    this.status = status;
    this.problem = problem;
  }
}

/** What to show for anything that was caught. */
export const problemOf = (error: unknown): Problem =>
  error instanceof RequestFailed
    ? error.problem
    : { code: "unexpected", message: error instanceof Error ? error.message : String(error), fields: [] };

/** The session is missing or no longer valid; trying again cannot help. */
export const isRefusal = (error: unknown): boolean => error instanceof RequestFailed && error.status === 401;

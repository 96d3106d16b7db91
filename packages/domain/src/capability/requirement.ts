import type { SourceLocation } from "../problem/diagnostic.ts";

/**
 * A capability that something written asks for, with the path that asks. Only `capability` and `path`
 * are kept in build records; the rest is there while the source is at hand.
 */
export interface Requirement {
  /** Id of a row of the matrix; `nested-cluster` when either kind of cluster will do. */
  readonly capability: string;
  /** As people write it: `spec.isolation.mode`, `infrastructure.cluster.provider`. */
  readonly path: string;
  /** What was written. */
  readonly value?: unknown;
  readonly at?: SourceLocation;
  /** What the key asks for, when that is not the whole capability: `a storage class`. */
  readonly what?: string;
  /** What to write instead, when the backend lacks it; no full stop: `Set isolation.mode to "individual"`. */
  readonly instead?: string;
  /** The capability may be there, but this part of it is not done yet. */
  readonly isNotDoneYet?: boolean;
}

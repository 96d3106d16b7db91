export interface BackOffOptions {
  /** Ms since 1970. */
  readonly now: () => number;
  /** Ms after the first failure; twice as long after each further one, up to `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Who failed is left alone for a while, the longer the more often in a row. */
export interface BackOff {
  isWaiting(name: string): boolean;
  /** Answers the ms until it is tried again. */
  failed(name: string): number;
  succeeded(name: string): void;
}

export const createBackOff = ({ now, firstMs, longestMs }: BackOffOptions): BackOff => {
  const all = new Map<string, { readonly failures: number; readonly until: number }>();
  return {
    isWaiting: (name) => now() < (all.get(name)?.until ?? 0),
    failed: (name) => {
      const failures = (all.get(name)?.failures ?? 0) + 1;
      const ms = Math.min(firstMs * 2 ** (failures - 1), longestMs);
      all.set(name, { failures, until: now() + ms });
      return ms;
    },
    succeeded: (name) => void all.delete(name),
  };
};

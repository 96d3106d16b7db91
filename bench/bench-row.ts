/** One measured figure. Speed and memory claims come from these and from nowhere else. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  /** Median of the rounds. */
  readonly ours: number;
  /** Median of the peer in the same run, interleaved; null where no peer is meant or to be had. */
  readonly peer: number | null;
  readonly ratio: number | null;
  /** In words, e.g. `≤ 80`. */
  readonly goal: string;
  /** Null: a figure without a goal of its own. */
  readonly met: boolean | null;
  /** Lowest and highest of the rounds. */
  readonly spread?: string;
}

export type Bench = () => Promise<readonly BenchRow[]>;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

export const spreadOf = (values: readonly number[]): string =>
  `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}, n=${values.length}`;

/** Caps of a checkpoint. What exceeds them is left out and listed, never cut. */
export interface CheckpointLimits {
  /** Largest single file, in bytes. */
  readonly fileBytes: number;
  /** Most entries looked at. */
  readonly files: number;
  /** All files of one checkpoint together, in bytes. */
  readonly totalBytes: number;
  /** Absolute paths that are never part of one: caches and files of ours. */
  readonly ignored: readonly string[];
}

export const defaultCheckpointLimits: CheckpointLimits = {
  fileBytes: 50 * 1024 * 1024,
  files: 20_000,
  totalBytes: 200 * 1024 * 1024,
  ignored: ["/home/student/.cache", "/home/student/.kube/config"],
};

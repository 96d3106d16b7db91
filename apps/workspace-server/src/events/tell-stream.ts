import type { BadLine } from "@atelier/contract";
import type { AppenderState } from "@atelier/node-kit";
import type { EventLog } from "./event-log.ts";

type Append = EventLog["append"];

/** Tells everybody when a file of records cannot be written, and when it can be again. */
export const tellStorage =
  (stream: string, append: Append) =>
  (state: AppenderState): void => {
    append(
      state.kind === "failing"
        ? { type: "storage-failed", stream, cause: state.cause }
        : { type: "storage-recovered", stream, lost: state.lost },
    );
  };

const mostLines = 1000;

export interface SkippedLines {
  readonly stream: string;
  readonly badLines: readonly BadLine[];
  /** Lines that an earlier server has told. */
  readonly told: ReadonlySet<number> | undefined;
}

/** Tells which lines of a file of records are none. */
export const tellSkipped = ({ stream, badLines, told }: SkippedLines, append: Append): void => {
  const lines = badLines.map(({ line }) => line).filter((line) => told?.has(line) !== true);
  if (lines.length > 0) append({ type: "lines-skipped", stream, lines: lines.slice(0, mostLines) });
};

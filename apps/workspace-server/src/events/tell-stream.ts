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

/** Tells which lines of a file of records were none. */
export const tellSkipped = (stream: string, badLines: readonly BadLine[], append: Append): void => {
  if (badLines.length === 0) return;
  append({ type: "lines-skipped", stream, lines: badLines.slice(0, mostLines).map(({ line }) => line) });
};

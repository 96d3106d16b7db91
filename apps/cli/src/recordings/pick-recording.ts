import { AppError } from "@atelier/domain";
import type { Recording } from "./find-recordings.ts";

/** The named recording: by id, by the beginning of one, or the newest of a terminal; without a name the newest. */
export const pickRecording = (
  all: readonly Recording[],
  { workspace, wanted }: { readonly workspace: string; readonly wanted: string | undefined },
): Recording => {
  if (all.length === 0)
    throw new AppError("no-recording", `The workspace "${workspace}" has no recording.`, {
      hint: "Nobody has used its terminal yet, or its template says recording: { terminal: off }.",
    });
  const matching =
    wanted === undefined
      ? all
      : ([({ id }: Recording) => id === wanted, ({ terminal }: Recording) => terminal === wanted]
          .map((fits) => all.filter(fits))
          .find(({ length }) => length > 0) ?? all.filter(({ id }) => id.startsWith(wanted)));
  const [first] = matching;
  const isClear = wanted === undefined || matching.length === 1 || first?.terminal === wanted;
  if (first !== undefined && isClear) return first;
  throw new AppError(
    "no-recording",
    first === undefined
      ? `The workspace "${workspace}" has no recording "${wanted}".`
      : `"${wanted}" fits ${matching.length} recordings of the workspace "${workspace}".`,
    { hint: `One of: ${all.map(({ id }) => id).join(", ")}` },
  );
};

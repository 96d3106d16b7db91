import type { LeavingView } from "@atelier/contract";
import type { ChangesReport } from "../checkpoints/checkpoints.ts";

/** As many paths as a person looks through before pressing a button. */
const mostListed = 200;

/** What would go with the container, as the page lists it. */
export const leavingView = (
  { changed, skipped }: ChangesReport,
  rest: Pick<LeavingView, "image" | "jobs" | "folders">,
): LeavingView => ({
  ...rest,
  changed: changed.slice(0, mostListed),
  moreChanged: Math.max(0, changed.length - mostListed),
  unsaved: skipped.slice(0, mostListed),
  moreUnsaved: Math.max(0, skipped.length - mostListed),
});

import type { HistoryReader } from "../progress/progress.ts";
import { loadPtys } from "../terminal/pty.ts";
import { rehearseScreens } from "../terminal/screen-mirror.ts";

/**
 * What a take-over does for the first time takes several times as long as the second time: code is loaded and
 * compiled meanwhile. Who stands by has the time, so it paints a screen for nobody and reads the history up to
 * here; of the volume it only reads. Stops between two of these when `isOver` says that it is needed in earnest.
 */
export const rehearseTakeOver = async (history: HistoryReader, isOver: () => boolean): Promise<void> => {
  const parts = [loadPtys, rehearseScreens, history.read];
  for (const part of parts) {
    // Orders are heard between two parts.
    await new Promise((resolve) => setImmediate(resolve));
    if (isOver()) return;
    // What cannot be rehearsed is told when it is meant.
    await Promise.resolve()
      .then(part)
      .catch(() => undefined);
  }
};

import { statfsSync } from "node:fs";
import type { EventLog } from "../events/event-log.ts";
import { readCgroup } from "./read-cgroup.ts";
import { processesOf, writtenBy } from "./student-processes.ts";
import { createLimitsWatch } from "./watch-limits.ts";

const everyMs = 1500;

/** Looks now and then whether the student's programs ran into a limit, and writes down which and who. */
export const startLimitsWatch = (options: {
  readonly uid: number;
  readonly home: string;
  readonly events: EventLog;
}): Disposable => {
  const look = createLimitsWatch({
    counts: readCgroup,
    processes: () => processesOf(options.uid),
    written: writtenBy,
    diskLeft: () => {
      try {
        const { bavail, bsize } = statfsSync(options.home);
        return bavail * bsize;
      } catch {
        return undefined;
      }
    },
    onHit: (hit) => options.events.append(hit),
  });
  const timer = setInterval(look, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
};

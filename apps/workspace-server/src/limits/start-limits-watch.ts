import { statfsSync } from "node:fs";
import type { EventLog } from "../events/event-log.ts";
import type { Identity } from "../identity/identity.ts";
import { readCgroup } from "./read-cgroup.ts";
import { processesOf } from "./student-processes.ts";
import { createLimitsWatch } from "./watch-limits.ts";
import { createWrittenBy } from "./written-by.ts";

const everyMs = 1500;

/** Looks now and then whether the student's programs ran into a limit, and writes down which and who. */
export const startLimitsWatch = (options: { readonly student: Identity; readonly events: EventLog }): Disposable => {
  const look = createLimitsWatch({
    counts: readCgroup,
    processes: () => processesOf(options.student.uid),
    written: createWrittenBy({ student: options.student }),
    diskLeft: () => {
      try {
        const { bavail, bsize } = statfsSync(options.student.home);
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

import type { EventLog } from "../events/event-log.ts";
import { createClockWatch, machineUptime } from "./watch-clock.ts";
import { createRuntimeWatch } from "./watch-runtime-files.ts";

const everyMs = 1000;

/** Looks once a second whether the clock or the runtime files were touched, and writes down what it finds. */
export const startIntegrityWatch = (options: {
  readonly runtimeFolder: string;
  readonly events: EventLog;
  readonly now: () => Date;
}): Disposable => {
  const { runtimeFolder, events, now } = options;
  const looks = [
    createClockWatch({
      now,
      uptime: machineUptime,
      onJump: (seconds) => events.append({ type: "clock-jump", seconds }),
    }),
    createRuntimeWatch({
      folder: runtimeFolder,
      onTouched: (file, cause) => events.append({ type: "runtime-touched", file, cause }),
    }),
  ];
  const timer = setInterval(() => {
    for (const look of looks) look();
  }, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
};

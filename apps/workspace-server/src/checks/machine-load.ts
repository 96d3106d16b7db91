import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Share of the last ten seconds, in percent, in which something waited for a processor. */
const mostPressure = 40;
/** Processes that want to run, for each processor, where the kernel tells no pressure. */
const mostLoad = 1.5;

/** Whether processors are fought over right now: by the kernel's pressure of this container, else of the machine, else by the load. */
export const isMachineBusy = (read: (path: string) => string | undefined = readText): boolean => {
  for (const path of ["/sys/fs/cgroup/cpu.pressure", "/proc/pressure/cpu"]) {
    const pressure = Number(/^some avg10=([\d.]+)/m.exec(read(path) ?? "")?.[1]);
    if (!Number.isNaN(pressure)) {
      if (pressure > mostPressure) return true;
      if (path.startsWith("/proc")) return false;
    }
  }
  const load = Number.parseFloat(read("/proc/loadavg") ?? "");
  return !Number.isNaN(load) && load > mostLoad * availableParallelism();
};

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

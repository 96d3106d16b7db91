import type { Engine } from "@atelier/backend-docker";
import { labels } from "@atelier/domain";

const pidLabel = "dev.atelier.pid";

/** Labels of a container that exists only during a build: whose it is, so that leftovers can be told. */
export const buildLabels = (stateId: string): Readonly<Record<string, string>> => ({
  [labels.state]: stateId,
  [labels.role]: "build",
  [pidLabel]: String(process.pid),
});

/**
 * The same labels without a value, for a commit: the engine copies a container's labels into the image,
 * and whoever gets the image must not get this machine's ids with it.
 */
export const blankBuildLabels: Readonly<Record<string, string>> = {
  [labels.state]: "",
  [labels.role]: "",
  [pidLabel]: "",
};

/** Removes what killed builds of this state directory left behind; builds that still run are left alone. */
export const removeLeftovers = async (engine: Engine, stateId: string): Promise<void> => {
  for (const { Id, Labels } of await engine.listContainers([`${labels.state}=${stateId}`, `${labels.role}=build`]))
    if (!isAlive(Number(Labels[pidLabel]))) await engine.removeContainer(Id);
};

/** Whether a process of this machine still runs, whoever it belongs to. */
export const isAlive = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AtelierCli } from "@atelier/testkit";
import { killSupervisor } from "./swap-workshop.ts";

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();

/**
 * What a machine leaves that loses its power, of one state directory's things: the supervisor and everything that ran
 * in a container have ended without a word, what was in memory is gone, and nothing starts again by itself.
 */
export const reboot = async (atelier: AtelierCli): Promise<void> => {
  await killSupervisor(atelier);
  const state = readFileSync(join(atelier.stateDirectory, "id"), "utf8").trim();
  // One that waits for the next move ends with the supervisor that holds it, at any moment.
  for (const id of docker("ps", "-q", "--filter", `label=dev.atelier.state=${state}`).split(/\s+/))
    try {
      if (id !== "") docker("kill", "--signal", "KILL", id);
    } catch (error) {
      if (!/is not running|No such container/i.test(String((error as { stderr?: unknown }).stderr))) throw error;
    }
};

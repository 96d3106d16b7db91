import type { AtelierCli } from "@atelier/testkit";
import { docker } from "./look-at-workspace.ts";

interface PausePlace {
  readonly atelier: AtelierCli;
  readonly container: string;
  /** Takes the part of `atelier stop` of which nobody knows whether it came to its end. */
  readonly stop: () => Promise<void>;
}

/**
 * Ways in which a workspace ends and comes back: by a command, by somebody who knows nothing of Atelier, as a machine
 * dies, and with the container gone. None of them costs a file that was there when the last move or save ended.
 */
export const pauses: Readonly<Record<string, (place: PausePlace) => Promise<void>>> = {
  "stop and start": async ({ atelier, stop }) => {
    await stop();
    await atelier.succeed("start", "swaps");
  },
  "stop, docker rm and start": async ({ atelier, container, stop }) => {
    await stop();
    docker("rm", "-f", container);
    await atelier.succeed("start", "swaps");
  },
  "docker stop and start": async ({ atelier, container }) => {
    docker("stop", container);
    await atelier.succeed("start", "swaps");
  },
  "docker stop and docker start": async ({ container }) => {
    docker("stop", container);
    docker("start", container);
  },
  "docker kill and start": async ({ atelier, container }) => {
    docker("kill", container);
    await atelier.succeed("start", "swaps");
  },
  "docker kill, docker rm and start": async ({ atelier, container }) => {
    docker("rm", "-f", container);
    await atelier.succeed("start", "swaps");
  },
};

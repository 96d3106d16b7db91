import type { Duplex } from "node:stream";
import { layerPaths, platformPaths } from "@atelier/contract";

/**
 * Waits for a line, then is the server's own process: nothing of the shell is left, in its environment neither.
 * A container that has lived waits no more, so that `docker start` by anybody brings its server back.
 */
const script = '[ -e "$1" ] || read -r go || exit 1; shift; unset go PWD OLDPWD; exec "$@"';

/** An image's own entrypoint, with a shell before the server that waits until it is wanted. */
export const waitingEntrypoint = (entrypoint: readonly string[]): readonly string[] => {
  // What stands before it reaps processes, and is to be the first one all the same.
  const at = entrypoint.indexOf("--") + 1;
  return [
    ...entrypoint.slice(0, at),
    platformPaths.dash,
    "-c",
    script,
    "atelier",
    layerPaths.record,
    ...entrypoint.slice(at),
  ];
};

/** What a waiting shell takes for its order. */
export const goLine = "\n";

/** The stdin of a container that waits. Its shell ends when this does: nobody leaves one waiting for ever. */
export interface Gate extends Disposable {
  readonly stdin: Duplex;
  readonly isOpen: boolean;
}

export const holdGate = (stdin: Duplex): Gate => {
  let isOpen = true;
  const closed = (): void => {
    isOpen = false;
  };
  // Nothing comes back on it but its end.
  stdin.on("error", () => stdin.destroy());
  stdin.once("end", closed).once("close", closed).resume();
  return {
    stdin,
    get isOpen() {
      return isOpen;
    },
    [Symbol.dispose]: () => stdin.destroy(),
  };
};

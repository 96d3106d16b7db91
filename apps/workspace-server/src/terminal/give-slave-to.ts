import { chownSync, statSync } from "node:fs";
import type { Pty } from "./pty.ts";

/** `echo > /dev/stderr`, tmux and screen open the terminal by its name and need to own it. */
export const giveSlaveTo = ({ path }: Pty, uid: number): void => {
  if (uid !== 0) chownSync(path, uid, statSync(path).gid);
};

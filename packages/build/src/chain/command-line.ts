import { platformPaths } from "@atelier/contract";
import type { CommandIdentity } from "./identity.ts";
import type { CommandLayer } from "./layer-groups.ts";

/**
 * One stream: two would arrive in an order of their own, and an error belongs behind what led to it.
 * `set -e` holds for several lines: a failure in the middle must not hide.
 */
const script = 'cd "$1" || exit 125; exec /bin/sh -ec "$2" 2>&1';

/** An author's command as an argv that needs nothing of the base but `/bin/sh`. */
export const commandLine = (
  command: Pick<CommandLayer, "run" | "cwd">,
  identity: CommandIdentity,
): readonly string[] => [...asIdentity(identity), "/bin/sh", "-c", script, "atelier", command.cwd, command.run];

/** Drops from root to somebody, by numbers. */
export const asIdentity = ({ uid, gid, groups }: CommandIdentity): readonly string[] => [
  platformPaths.setpriv,
  `--reuid=${uid}`,
  `--regid=${gid}`,
  groups.length > 0 ? `--groups=${groups.join(",")}` : "--clear-groups",
  "--",
];

/** What a command sees of its user; it gets into no image. */
export const environmentOf = ({ name, home }: CommandIdentity): Readonly<Record<string, string>> => ({
  HOME: home,
  USER: name,
  LOGNAME: name,
  DEBIAN_FRONTEND: "noninteractive",
});

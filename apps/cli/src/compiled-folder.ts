import { homedir } from "node:os";
import { join } from "node:path";

/** Where Node keeps what it compiled of the CLI, unless `NODE_COMPILE_CACHE` names a place that is the person's own. */
export const compiledFolder = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "atelier/compiled");

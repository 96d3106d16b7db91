import { createHash } from "node:crypto";
import { readlinkSync, realpathSync, statSync } from "node:fs";
import type { DaggerHost } from "../dagger-host.ts";
import { keeperVersion } from "./keeper-protocol.ts";

/** By these the CLI decides which engine it uses. */
const chosenBy = ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "HOME"];

/**
 * What a build's session is opened with: one that was opened with anything else is none for it. Another release of
 * the CLI is another program; in another mount namespace the same path is another file.
 */
export const sessionKey = (host: DaggerHost, env: Readonly<Record<string, string | undefined>>): string => {
  const program = realpathSync(host.cli);
  const { size, mtimeMs } = statSync(program);
  const chosen = Object.entries(env)
    .filter(([name]) => chosenBy.includes(name) || /^(_EXPERIMENTAL_)?DAGGER_/.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([keeperVersion, program, size, mtimeMs, host.runner, chosen, mountNamespace()]))
    .digest("hex");
};

const mountNamespace = (): string => {
  try {
    return readlinkSync("/proc/self/ns/mnt");
  } catch {
    // Not Linux: there is one.
    return "";
  }
};

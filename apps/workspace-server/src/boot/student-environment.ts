import { accessSync, constants } from "node:fs";
import type { RuntimeConfig } from "@atelier/contract";
import type { CompiledStep } from "@atelier/domain";
import type { LoadedWorkshop } from "../workshop/load-workshop.ts";

/** Names that belong to a process and not to an image, or to us. */
const own = /^(ATELIER_|NODE_|npm_|HOSTNAME$|HOME$|PWD$|OLDPWD$|SHLVL$|_$|TERM$)/;
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment of everything the student runs: the image's ENV (into which the builder put the
 * steps' `env`), parameters, language and time zone. Nothing of the server's own, no secret.
 */
export const studentEnvironment = (
  image: Readonly<Record<string, string | undefined>>,
  config: RuntimeConfig,
): Record<string, string> => {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(image)) if (value !== undefined && !own.test(name)) env[name] = value;
  return { PATH: defaultPath, LANG: "C.UTF-8", TZ: config.timezone, ...env, ...config.parameters };
};

/** `onStart` of the workshop, then of every step up to and including the image's own. */
export const startCommandsOf = ({ workshop, steps, image }: LoadedWorkshop): CompiledStep["onStart"] => {
  const reached = steps.findIndex(({ id }) => id === image.step);
  return [...workshop.onStart, ...steps.slice(0, reached + 1).flatMap(({ onStart }) => onStart)];
};

/** The author's shell, else the first that the image has. */
export const shellOf = ({ workshop }: Pick<LoadedWorkshop, "workshop">): string =>
  workshop.shell ??
  ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/bin/zsh", "/usr/bin/zsh"].find(isExecutable) ??
  "/bin/sh";

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

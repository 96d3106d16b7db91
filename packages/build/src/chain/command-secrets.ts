import { AppError } from "@atelier/domain";
import type { BuildRequest } from "../builder.ts";
import type { LayerGroup } from "./layer-groups.ts";

type Given = Pick<BuildRequest, "secrets">;

/**
 * To be called before anything runs, with every group that is to be made: what is missing at the end of a long
 * build was missing at its beginning. All are named together. Throws `AppError` `secret-missing`.
 */
export const requireSecrets = (request: Given, groups: readonly LayerGroup[]): void => {
  const wanted = new Set(groups.flatMap(({ command }) => command?.secrets ?? []));
  const missing = [...wanted].filter((name) => request.secrets[name] === undefined);
  if (missing.length === 0) return;
  const [commands, s, them] = missing.length > 1 ? ["Commands need", "s", "them"] : ["A command needs", "", "it"];
  throw new AppError(
    "secret-missing",
    `${commands} the build secret${s} ${missing.map((name) => `"${name}"`).join(", ")}.`,
    { hint: `Pass ${them}: atelier build ${missing.map((name) => `--secret ${name}=<file>`).join(" ")}` },
  );
};

/** A command's secrets by name. Throws `AppError` `secret-missing`. */
export const secretsOf = (request: Given, group: LayerGroup): Readonly<Record<string, Uint8Array>> => {
  requireSecrets(request, [group]);
  return Object.fromEntries((group.command?.secrets ?? []).map((name) => [name, request.secrets[name] as Uint8Array]));
};

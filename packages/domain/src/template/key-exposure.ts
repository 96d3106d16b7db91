import type { Diagnostic } from "../problem/diagnostic.ts";
import { error } from "../spec/report.ts";
import type { Workshop } from "../workshop/workshop.ts";
import type { WorkspaceTemplate } from "./template.ts";
import type { WrittenKey } from "./written-key.ts";

export interface KeyExposureInput {
  readonly template: Pick<WorkspaceTemplate, "help">;
  /** Where the template says so, for the place of the diagnostic. */
  readonly written?: readonly WrittenKey[];
  readonly workshop: Pick<Workshop, "user" | "sudo">;
}

/**
 * A student with root rights could read the provider's key out of the server: a template that configures a
 * provider has to accept that for such a workshop.
 */
export const checkKeyExposure = ({ template, written = [], workshop }: KeyExposureInput): readonly Diagnostic[] => {
  const { provider, acceptKeyExposure } = template.help;
  const hasRootRights = workshop.user === "root" || workshop.sudo;
  if (provider === "none" || !hasRootRights || acceptKeyExposure) return [];
  const at = written.find(({ key }) => key.path === "help.provider")?.at;
  return [
    error({
      code: "key-exposure",
      path: "spec.help.acceptKeyExposure",
      ...(at === undefined ? {} : { at }),
      message: `The workshop has ${workshop.user === "root" ? "user: root" : "sudo: true"}, so its students could read the key of help.provider ${provider}.`,
      remedy: "Set help.acceptKeyExposure to true if they may, else remove help.provider or the root rights.",
    }),
  ];
};

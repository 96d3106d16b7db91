import { defaultResources, type WorkspaceSettings } from "@atelier/backend-docker";
import type { Workshop } from "@atelier/domain";
import type { Context } from "../context.ts";
import { parsePairs, readSecretFiles } from "../name-values.ts";
import { askForParameters, secretsBesideBuild } from "../parameters.ts";
import { resolveTemplate } from "../resolve-template.ts";
import { readUserConfig } from "../user-config.ts";

/** What a student's workspace is given besides its image: the oracle's must not differ in it. */
export interface TestConditions extends Pick<WorkspaceSettings, "sudo" | "parameters" | "timezone" | "resources"> {
  /** Values of secret parameters by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Contents of the files that were given, which a build may ask for as well. */
  readonly buildSecrets: Readonly<Record<string, Uint8Array>>;
}

/** What `run` takes, under the same names. */
export interface ConditionOptions {
  readonly template?: string;
  readonly set?: readonly string[];
  readonly secret?: readonly string[];
}

/**
 * The conditions under which `run` would start the workshop. Missing parameters are asked for on a terminal, else
 * refused. Throws `AppError` `parameter-missing`, `bad-value`, `invalid-template` or `no-template`.
 */
export const testConditions = async (
  context: Context,
  workshop: Workshop,
  options: ConditionOptions,
): Promise<TestConditions> => {
  const template = await resolveTemplate(context, {
    file: options.template ?? readUserConfig(context).template,
    backend: "docker",
    workshop,
  });
  const values = { ...template.parameters, ...parsePairs("--set", options.set ?? []) };
  const buildSecrets = readSecretFiles(context, options.secret ?? []);
  const parameters = await askForParameters(context, workshop.parameters, {
    values,
    secrets: secretsBesideBuild(workshop, buildSecrets),
  });
  return {
    sudo: workshop.sudo,
    parameters: parameters.values,
    secrets: parameters.secrets,
    buildSecrets,
    timezone: template.timezone,
    resources: { ...defaultResources, ...template.resources },
  };
};

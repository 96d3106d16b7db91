import type { RuntimeConfig } from "@atelier/contract";
import { type CompiledWorkshop, previewPort, workspaceVariable } from "@atelier/domain";

/**
 * What `{{ name }}` stands for in this workspace: a parameter (empty when none was given), the workspace's
 * name, the address of a port, or what the student filled in. Secret parameters are not among them.
 */
export const contentValues =
  (
    config: Pick<RuntimeConfig, "parameters" | "workspaceName" | "origins" | "previewAddress">,
    { parameters, variables = [] }: Pick<CompiledWorkshop, "parameters" | "variables">,
    answered: ReadonlyMap<string, string> = new Map(),
  ): ((name: string) => string | undefined) =>
  (name) => {
    const parameter = parameters.find((own) => own.name === name);
    if (parameter !== undefined) return parameter.secret ? undefined : oneLine(config.parameters[name] ?? "");
    const variable = variables.find((own) => own.name === name);
    // Not filled in yet: the braces show where it belongs.
    if (variable !== undefined) return answered.get(name) ?? variable.default;
    if (name === workspaceVariable) return config.workspaceName;
    const port = previewPort(name);
    return port === undefined
      ? undefined
      : (previewAddress(config) ?? "http://127.0.0.1:{port}/").replace("{port}", String(port));
  };

/** A value is a word in a sentence or in a command: a line break would end either. */
const oneLine = (value: string): string => value.replace(/[\r\n]+/g, " ");

/** The manager's pattern, else what its proxy serves below the workspace's own name; undefined: nobody serves any. */
export const previewAddress = ({
  previewAddress: given,
  origins,
  workspaceName,
}: Pick<RuntimeConfig, "workspaceName" | "origins" | "previewAddress">): string | undefined => {
  if (given !== undefined) return given;
  const own = origins.find((origin) => new URL(origin).hostname === `${workspaceName}.localhost`);
  return own === undefined ? undefined : `http://p{port}.${workspaceName}.localhost:${new URL(own).port}/`;
};

import type { Diagnostic } from "../../problem/diagnostic.ts";
import type { Draft } from "../draft.ts";
import { error, warning } from "../report.ts";
import { duplicates } from "./duplicates.ts";

export function* parameterNames({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  const parameters = workshop.workshop?.parameters ?? [];
  yield* duplicates(
    yaml,
    "parameter",
    parameters.map((parameter, index) => ({ name: parameter?.name, path: ["workshop", "parameters", index, "name"] })),
  );
}

/** Variables and parameters share the names of pages. */
export function* variableNames({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  const { parameters = [], variables = [] } = workshop.workshop ?? {};
  yield* duplicates(yaml, "variable", [
    ...parameters
      .map((parameter, index) => ({ name: parameter?.name, path: ["workshop", "parameters", index, "name"] }))
      .filter(({ name }) => variables.some((variable) => variable?.name === name)),
    ...variables.map((variable, index) => ({ name: variable?.name, path: ["workshop", "variables", index, "name"] })),
  ]);
}

/** Why a text is no regular expression, or undefined when it is one. */
const patternFault = (pattern: string): string | undefined => {
  try {
    new RegExp(pattern, "v");
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split(": ").at(-1) ?? cause.message) : String(cause);
  }
};

export function* parameterPatterns({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  for (const key of ["parameters", "variables"] as const)
    for (const [index, given] of (workshop.workshop?.[key] ?? []).entries()) {
      const fault = given?.pattern === undefined ? undefined : patternFault(given.pattern);
      if (fault === undefined) continue;
      yield error({
        code: "bad-pattern",
        path: `workshop.${key}[${index}].pattern`,
        at: yaml.valueAt(["workshop", key, index, "pattern"]),
        message: `"${given?.pattern}" is no regular expression: ${fault}.`,
        remedy: "Escape characters such as ( [ { and - with a backslash, or close what is open.",
      });
    }
}

export function* tabTitles({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  const tabs = workshop.workshop?.tabs ?? [];
  yield* duplicates(
    yaml,
    "tab title",
    tabs.map((tab, index) => ({ name: tab?.title, path: ["workshop", "tabs", index, "title"] })),
  );
}

/** A student with root rights can change what is recorded: that is allowed, but nobody shall overlook it. */
export function* rootRights({ yaml, workshop }: Draft): Iterable<Diagnostic> {
  const section = workshop.workshop;
  const key = section?.user === "root" ? "user" : section?.sudo === true ? "sudo" : undefined;
  if (key !== undefined)
    yield warning({
      code: "log-not-tamper-evident",
      path: `workshop.${key}`,
      at: yaml.valueAt(["workshop", key]),
      message: `With ${key}: ${key === "user" ? "root" : "true"} students have root rights, so the command log is not tamper-evident.`,
      remedy: "Keep it if the workshop needs it; a template with an LLM key then needs help.acceptKeyExposure: true.",
    });
}

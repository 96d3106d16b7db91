import type { Diagnostic } from "../problem/diagnostic.ts";
import { error } from "../spec/report.ts";
import { exactlyOne } from "../spec/rules/exactly-one.ts";
import type { Loose } from "../spec/shape/salvage.ts";
import type { YamlFile } from "../spec/yaml/read-yaml.ts";
import type { TemplateSpecInput } from "./template-schema.ts";
import { valueBelowSpec } from "./written-key.ts";

type Help = Loose<NonNullable<TemplateSpecInput["help"]>>;

/** A provider needs what it takes to be asked; without a provider nothing else of help does anything. */
export function* helpRules(yaml: YamlFile, help: Help | undefined): Iterable<Diagnostic> {
  if (help === undefined) return;
  if (help.keyFrom !== undefined) yield* exactlyOne(yaml, ["spec", "help", "keyFrom"], ["env", "file", "secret"]);
  // A provider that did not fit has been reported, and what it needs is not known.
  if (help.provider === undefined && valueBelowSpec(yaml.value, "help.provider") !== undefined) return;
  yield* help.provider === undefined || help.provider === "none" ? withoutProvider(yaml, help) : incomplete(yaml, help);
}

function* withoutProvider(yaml: YamlFile, help: Help): Iterable<Diagnostic> {
  for (const key of Object.keys(help).filter((name) => name !== "provider"))
    yield error({
      code: "help-incomplete",
      path: `spec.help.${key}`,
      at: yaml.keyAt(["spec", "help", key]),
      message: `spec.help.${key} says something about a provider, but there is none.`,
      remedy: "Write help.provider: anthropic or openai-compatible, or remove this key.",
    });
}

const example: Readonly<Record<"model" | "keyFrom" | "endpoint", string>> = {
  model: "the provider's name of the model",
  keyFrom: "one of env, file, secret",
  endpoint: "the provider's address",
};

function* incomplete(yaml: YamlFile, help: Help): Iterable<Diagnostic> {
  // A local endpoint may need no key.
  const needed = help.provider === "anthropic" ? (["model", "keyFrom"] as const) : (["model", "endpoint"] as const);
  for (const key of needed.filter((name) => help[name] === undefined))
    yield error({
      code: "help-incomplete",
      path: `spec.help.${key}`,
      at: yaml.keyAt(["spec", "help", "provider"]),
      message: `help.provider ${help.provider} cannot be asked without help.${key}.`,
      remedy: `Add "${key}:" with ${example[key]}.`,
    });
}

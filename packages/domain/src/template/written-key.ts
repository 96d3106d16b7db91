import type { SourceLocation } from "../problem/diagnostic.ts";
import type { YamlFile } from "../spec/yaml/read-yaml.ts";
import { type TemplateKey, templateKeys } from "./template-keys.ts";

/** A key of a template that somebody wrote. */
export interface WrittenKey {
  readonly key: TemplateKey;
  readonly value: unknown;
  readonly at: SourceLocation;
}

/** The value at a dotted path below `spec`, or undefined when nothing is written there. */
export const valueBelowSpec = (root: unknown, path: string): unknown => {
  let value: unknown = root;
  for (const part of ["spec", ...path.split(".")]) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
};

/** The keys that are written in a document (of which only what fits the schema is given), in table order. */
export const writtenKeys = (yaml: YamlFile, fitting: unknown): readonly WrittenKey[] =>
  templateKeys.flatMap((key) => {
    const value = valueBelowSpec(fitting, key.path);
    return value === undefined ? [] : [{ key, value, at: yaml.keyAt(["spec", ...key.path.split(".")]) }];
  });

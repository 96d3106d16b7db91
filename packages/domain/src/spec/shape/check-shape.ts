import type { z } from "zod";
import type { Diagnostic } from "../../problem/diagnostic.ts";
import { error } from "../report.ts";
import { suggest } from "../suggest.ts";
import { type DocPath, formatPath } from "../yaml/doc-path.ts";
import type { YamlFile } from "../yaml/read-yaml.ts";
import { describeTrap, trapDiagnostics, trapRemedy } from "../yaml/scalar-traps.ts";
import { describeSchema, describeValue } from "./describe.ts";
import { expectations } from "./expectation.ts";
import { type Loose, takeOut } from "./salvage.ts";
import { definition, keysAt, schemaAt, unwrapped } from "./schema-at.ts";

/** What came out of holding a document against its schema. */
export interface Shape<T> {
  /** Set when the whole document fits. */
  readonly value?: T;
  /** What fits, without the rest; undefined when not even the root does. */
  readonly loose: Loose<T> | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Lets a caller say more about an unknown key than "unknown"; undefined: the usual words. */
export type ExplainKey = (path: DocPath, key: string) => Pick<Diagnostic, "code" | "message" | "remedy"> | undefined;

/**
 * Holds a document against a schema and reports every misfit at its place: unknown keys (with
 * did-you-mean), missing keys, wrong types, values out of bounds, and words that YAML versions read
 * differently. Objects in the schema must be strict for unknown keys to be found.
 */
export const checkShape = <S extends z.ZodType>(
  yaml: YamlFile,
  schema: S,
  explainKey: ExplainKey = () => undefined,
): Shape<z.infer<S>> => {
  if (!yaml.isReadable && yaml.value === null) return { loose: undefined, diagnostics: [] };
  // Unknown keys and wrong values are taken out of a copy; `yaml.value` stays as it was read.
  let rest: unknown = structuredCopy(yaml.value);
  const result = schema.safeParse(yaml.value);
  const found = new Map<string, Diagnostic>();
  for (const issue of result.success ? [] : result.error.issues) {
    const path = issue.path.filter((part) => typeof part !== "symbol");
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        const here = [...path, key];
        const text = explainKey(path, key) ?? unknownKey(schema, path, key);
        found.set(formatPath(here), error({ ...text, path: formatPath(here), at: yaml.keyAt(here) }));
        rest = takeOut(rest, here);
      }
      continue;
    }
    const fault = found.has(formatPath(path))
      ? undefined
      : misfit({ yaml, schema, path, isKey: issue.code === "invalid_key" });
    if (fault !== undefined) found.set(formatPath(path), fault);
    rest = takeOut(rest, path);
  }
  const diagnostics = [...found.values(), ...trapDiagnostics(yaml, new Set(found.keys()))];
  return {
    ...(result.success ? { value: result.data } : {}),
    loose: rest as Loose<z.infer<S>> | undefined,
    diagnostics: diagnostics.filter((diagnostic) => isCredible(yaml, diagnostic)),
  };
};

/**
 * Behind a syntax error the parser guesses, and what it guessed is not what was written: only what
 * stands before the first one is reported, and nothing as missing.
 */
const isCredible = (yaml: YamlFile, diagnostic: Diagnostic): boolean => {
  if (yaml.isReadable) return true;
  const firstFault = Math.min(
    ...yaml.diagnostics.filter(({ code }) => code.startsWith("yaml-")).map(({ at }) => at?.line ?? 1),
  );
  const isAboutAbsence = diagnostic.code === "missing-key" || diagnostic.message.endsWith("found nothing.");
  return !isAboutAbsence && (diagnostic.at?.line ?? 1) < firstFault;
};

const unknownKey = (schema: z.ZodType, path: DocPath, key: string): Pick<Diagnostic, "code" | "message" | "remedy"> => {
  const known = keysAt(schema, path);
  const meant = suggest(key, known);
  const where = path.length === 0 ? "here" : `in ${formatPath(path)}`;
  return {
    code: "unknown-key",
    message: `There is no key "${key}" ${where}.`,
    remedy: meant === undefined ? otherRemedy(schema, path, key) : `Did you mean "${meant}"?`,
  };
};

/** For a key that exists one level up or down: where it belongs. Else what there is here. */
const otherRemedy = (schema: z.ZodType, path: DocPath, key: string): string => {
  const sections = path.length === 0 ? keysAt(schema, []) : [];
  const holders = sections.filter((name) => keysAt(schema, [name]).includes(key));
  if (holders.length > 0) return `Write it under ${holders.map((name) => `"${name}"`).join(" or ")}.`;
  if (path.length === 1 && keysAt(schema, []).includes(key))
    return `Write it at the top level, not under "${path[0]}".`;
  return `Remove it; the keys here are ${keysAt(schema, path).join(", ")}.`;
};

interface Misfit {
  readonly yaml: YamlFile;
  readonly schema: z.ZodType;
  readonly path: DocPath;
  readonly isKey: boolean;
}

/** Undefined where the value is there but could not be read: that has been reported already. */
const misfit = ({ yaml, schema, path, isKey }: Misfit): Diagnostic | undefined => {
  const { value, isThere } = valueIn(yaml.value, path);
  const name = formatPath(path) || yaml.file;
  const known = schemaAt(schema, path);
  if (!isThere) return missing(yaml, path, known);
  if (value === undefined) return undefined;
  const said =
    known === undefined || definition(unwrapped(known)).type === "record"
      ? undefined
      : expectations.get(unwrapped(known));
  const expects = known === undefined ? "something else" : describeSchema(known);
  if (isKey) return badName(yaml, schema, path);
  const trap = yaml.traps.find((item) => !item.isKey && formatPath(item.path) === formatPath(path));
  if (trap !== undefined)
    return error({
      code: "yaml-ambiguous",
      path: formatPath(path),
      at: yaml.valueAt(path),
      message: `${name}: ${describeTrap(trap)}; expected ${expects}.`,
      remedy: expects === "true or false" ? `Write ${/^(?:yes|on)$/i.test(trap.source)}.` : trapRemedy(trap),
    });
  return error({
    code: said?.code ?? "wrong-type",
    path: formatPath(path),
    at: yaml.valueAt(path),
    message: `${name}: expected ${expects}, found ${describeValue(value)}.`,
    remedy: value === null ? emptyRemedy(schema, path, expects) : (said?.remedy ?? remedyFor(expects, value)),
  });
};

const remedyFor = (expects: string, value: unknown): string => {
  if (expects === "text" && (typeof value === "number" || typeof value === "boolean"))
    return `Put it in quotes: "${value}".`;
  if (expects.startsWith("one of ") && typeof value === "string") {
    const meant = suggest(value, expects.slice("one of ".length).split(", "));
    if (meant !== undefined) return `Did you mean "${meant}"?`;
  }
  return `Write ${expects}.`;
};

const emptyRemedy = (schema: z.ZodType, path: DocPath, expects: string): string => {
  const holder = schemaAt(schema, path.slice(0, -1));
  const entry = holder === undefined ? undefined : definition(holder).shape?.[path.at(-1) ?? ""];
  const isOptional = entry !== undefined && definition(entry).type === "optional";
  return `Write ${expects}${isOptional ? ", or remove the key" : ""}.`;
};

const missing = (yaml: YamlFile, path: DocPath, known: z.ZodType | undefined): Diagnostic => {
  const key = path.at(-1) ?? "";
  const holder = path.slice(0, -1);
  return error({
    code: "missing-key",
    path: formatPath(path),
    at: yaml.keyAt(holder),
    message: `The key "${key}" is missing${holder.length === 0 ? "" : ` in ${formatPath(holder)}`}.`,
    remedy: `Add "${key}:" with ${known === undefined ? "a value" : describeSchema(known)}.`,
  });
};

const badName = (yaml: YamlFile, schema: z.ZodType, path: DocPath): Diagnostic => {
  const holder = schemaAt(schema, path.slice(0, -1));
  const said = holder === undefined ? undefined : expectations.get(holder);
  return error({
    code: said?.code ?? "wrong-type",
    path: formatPath(path),
    at: yaml.keyAt(path),
    message: `"${path.at(-1)}" cannot be a name in ${formatPath(path.slice(0, -1))}: expected ${said?.expects ?? "another name"}.`,
    remedy: said?.remedy ?? "Rename it.",
  });
};

const valueIn = (root: unknown, path: DocPath): { readonly value?: unknown; readonly isThere: boolean } => {
  let value = root;
  for (const part of path) {
    if (value === null || typeof value !== "object" || !Object.hasOwn(value, part)) return { isThere: false };
    value = (value as Record<string | number, unknown>)[part];
  }
  return { value, isThere: true };
};

const structuredCopy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (value === null || typeof value !== "object") return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = structuredCopy(item);
  return copy;
};

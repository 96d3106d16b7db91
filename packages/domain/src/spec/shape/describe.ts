import type { z } from "zod";
import { expectations } from "./expectation.ts";
import { definition, unwrapped } from "./schema-at.ts";

const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);

/** What somebody wrote, for a message: `the text "abc"`, `the number 12`, `a list`, `nothing`. */
export const describeValue = (value: unknown): string => {
  if (value === null || value === undefined) return "nothing";
  if (typeof value === "string") return `the text ${JSON.stringify(shorten(value))}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "boolean") return `${value}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return "a mapping";
};

const quoted = (words: readonly unknown[]): string =>
  words.map((word) => (typeof word === "string" ? word : String(word))).join(", ");

/** What a schema wants, for a message: `text`, `one of linear, free, guided`. */
export const describeSchema = (schema: z.ZodType): string => {
  const inner = unwrapped(schema);
  const def = definition(inner);
  // What is registered for a record speaks of its names.
  const known = def.type === "record" ? undefined : expectations.get(inner);
  if (known !== undefined) return known.expects;
  switch (def.type) {
    case "string":
      return "text";
    case "number":
      return "a number";
    case "boolean":
      return "true or false";
    case "array":
      return `a list${def.element === undefined ? "" : ` (each: ${describeSchema(def.element)})`}`;
    case "object": {
      const keys = Object.keys(def.shape ?? {});
      return `a mapping with ${keys.length === 1 ? "the key" : "keys such as"} ${quoted(keys.slice(0, 4))}`;
    }
    case "record":
      return "a mapping of names to values";
    case "enum":
      return `one of ${quoted(Object.values(def.entries ?? {}))}`;
    case "literal":
      return quoted(def.values ?? []);
    default:
      return "another kind of value";
  }
};

import type { z } from "zod";
import type { DocPath } from "../yaml/doc-path.ts";

type Definition = {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
};

/** The inside of a schema: what zod keeps as its definition. */
export const definition = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;

/** The schema below `optional`, `default` and the like. */
export const unwrapped = (schema: z.ZodType): z.ZodType => {
  const inner = definition(schema).innerType;
  return inner === undefined ? schema : unwrapped(inner);
};

/** The schema one step down; of alternatives, the first that has such a place. */
const schemaBelow = (schema: z.ZodType, part: string | number): z.ZodType | undefined => {
  const known = definition(schema);
  if (known.options !== undefined) {
    const below = known.options.map((option) => schemaBelow(unwrapped(option), part));
    return below.find((found) => found !== undefined);
  }
  if (typeof part === "number") return known.element;
  return known.shape !== undefined && Object.hasOwn(known.shape, part) ? known.shape[part] : known.valueType;
};

/** The schema of the value at a path, or undefined where the schema knows no such place. */
export const schemaAt = (schema: z.ZodType, path: DocPath): z.ZodType | undefined => {
  let current: z.ZodType | undefined = unwrapped(schema);
  for (const part of path) {
    if (current === undefined) return undefined;
    const next = schemaBelow(current, part);
    current = next === undefined ? undefined : unwrapped(next);
  }
  return current;
};

/** Keys that a mapping at a path may have; empty for anything else. */
export const keysAt = (schema: z.ZodType, path: DocPath): readonly string[] => {
  const found = schemaAt(schema, path);
  return found === undefined ? [] : Object.keys(definition(found).shape ?? {});
};

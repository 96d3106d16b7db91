import { z } from "zod";
import { stepSchema } from "./schema/step-schema.ts";
import { workshopSchema } from "./schema/workshop-schema.ts";

/** A JSON Schema (draft 7, which editors understand) as a plain object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** zod bounds every integer by what a double can hold; that only clutters what editors show. */
const withoutDoubleBounds = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutDoubleBounds);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, item]) =>
          !(key === "maximum" && item === Number.MAX_SAFE_INTEGER) &&
          !(key === "minimum" && item === Number.MIN_SAFE_INTEGER),
      )
      .map(([key, item]) => [key, withoutDoubleBounds(item)]),
  );
};

/** JSON Schema of what people write for a zod schema. */
export const toEditorSchema = (schema: z.ZodType, title: string): JsonSchema => ({
  title,
  ...(withoutDoubleBounds(z.toJSONSchema(schema, { io: "input", target: "draft-7" })) as JsonSchema),
});

export const workshopJsonSchema = (): JsonSchema => toEditorSchema(workshopSchema, "workshop.yaml");
export const stepJsonSchema = (): JsonSchema => toEditorSchema(stepSchema, "step.yaml");

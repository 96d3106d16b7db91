import { z } from "zod";
import type { DiagnosticCode } from "../../problem/diagnostic-codes.ts";

/** What people are told when a value does not fit a schema; used instead of zod's own words. */
export interface Expectation {
  /** Completes "expected …": `a TCP port (1 to 65535)`. */
  readonly expects: string;
  /** Default `wrong-type`. */
  readonly code?: DiagnosticCode;
  /** Default: made from `expects`. */
  readonly remedy?: string;
}

export const expectations = z.registry<Expectation>();

/** Attaches what to say when a value does not fit. Answers the schema itself. */
export const expecting = <S extends z.ZodType>(schema: S, expectation: Expectation): S => {
  // A registry's element type is tied to the schema's own type parameter, which is open here.
  (expectations as z.core.$ZodRegistry<Expectation>).add(schema, expectation);
  return schema;
};

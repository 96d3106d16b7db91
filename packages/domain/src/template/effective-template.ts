import type { SourceLocation } from "../problem/diagnostic.ts";
import { templateKeys } from "./template-keys.ts";
import type { WrittenKey } from "./written-key.ts";

/** What holds for one key of a template, and why. */
export interface EffectiveKey {
  /** `spec.lifecycle.ttl`. */
  readonly path: string;
  /** As one would write it; undefined: nothing is set. */
  readonly value: unknown;
  readonly origin: "default" | SourceLocation;
}

/** The value of every key there is, each with its origin, in the order of the manual. */
export const effectiveTemplate = (written: readonly WrittenKey[] = []): readonly EffectiveKey[] =>
  templateKeys.map((key) => {
    const own = written.find((candidate) => candidate.key.path === key.path);
    const path = `spec.${key.path}`;
    return own === undefined
      ? { path, value: key.default, origin: "default" }
      : { path, value: own.value, origin: own.at };
  });

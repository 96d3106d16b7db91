import type { KnownSecrets } from "../secrets/known-secrets.ts";
import { rules } from "./redaction-rules.ts";
import { cut } from "./shell-word.ts";

/** Characters of a command that are looked through, so that no line of a student's holds the server up. */
export const longestConsidered = 20_000;

/** The text without secrets, and only what the first `longest` characters of it say; without it, all. */
export type Redact = (text: string, longest?: number) => string;

/**
 * Makes the function that removes secrets from commands before anything is written. Known values first,
 * then {@link rules}. The docs list them in the same order; `cases/` shows each at work.
 */
export const createRedactor =
  (secrets: KnownSecrets): Redact =>
  (text, longest) => {
    let result = secrets.mask(text);
    // Known values before the cut, which would otherwise hide one that lies across it.
    if (longest !== undefined && result.length > longest) result = result.slice(0, longest) + cut;
    for (const rule of rules) result = rule(result);
    return result.endsWith(cut) ? result.slice(0, -cut.length) : result;
  };

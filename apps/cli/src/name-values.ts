import { readFileSync } from "node:fs";
import { AppError } from "@atelier/domain";
import type { Context } from "./context.ts";

/** `name=value` options as a record. Throws `AppError` `usage` for one without a name. */
export const parsePairs = (flag: string, pairs: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw new AppError("usage", `${flag} ${pair}: expected <name>=<value>.`, {
          hint: `Write it like ${flag} name=value.`,
        });
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );

/** `name=file` options as the files' contents: a secret's value is never an argument. */
export const readSecretFiles = (context: Context, pairs: readonly string[]): Readonly<Record<string, Uint8Array>> =>
  Object.fromEntries(
    Object.entries(parsePairs("--secret", pairs)).map(([name, file]) => {
      try {
        return [name, new Uint8Array(readFileSync(context.path(file)))];
      } catch (cause) {
        throw new AppError("usage", `--secret ${name}=${file}: ${(cause as Error).message}`, {
          hint: "Name a file that holds the value.",
          cause,
        });
      }
    }),
  );

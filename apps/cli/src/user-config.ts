import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { AppError, checkShape, compareDiagnostics, hasErrors, readYaml } from "@atelier/domain";
import { z } from "zod";
import type { Context } from "./context.ts";

/** What a person may set once for all commands. Options on the command line win. */
const userConfigSchema = z.strictObject({
  /** Template for `run` and `validate` when no --template is given; relative to this file's folder. */
  template: z.string().optional(),
  /** Whether `run` opens the browser. */
  open: z.boolean().optional(),
});
export type UserConfig = z.infer<typeof userConfigSchema>;

/** `$XDG_CONFIG_HOME/atelier/config.yaml`, else `~/.config/atelier/config.yaml`. */
export const userConfigPath = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "atelier/config.yaml");

/** The person's defaults; none when there is no file. Throws `AppError` `invalid-config` with all mistakes. */
export const readUserConfig = ({ env }: Pick<Context, "env">): UserConfig => {
  const path = userConfigPath(env);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new AppError("invalid-config", `${path} cannot be read: ${(error as Error).message}`, {
      cause: error,
      hint: "Give yourself the right to read it, or remove it.",
    });
  }
  if (bytes.every((byte) => byte === 0x0a || byte === 0x20)) return {};
  const yaml = readYaml(path, bytes);
  const { value, diagnostics } = checkShape(yaml, userConfigSchema);
  const all = [...yaml.diagnostics, ...diagnostics].toSorted(compareDiagnostics);
  if (value === undefined || hasErrors(all))
    throw new AppError("invalid-config", "Your defaults have mistakes.", { diagnostics: all });
  return value.template === undefined ? value : { ...value, template: join(path, "..", value.template) };
};

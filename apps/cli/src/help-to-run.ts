import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { RuntimeConfigInput } from "@atelier/contract";
import { AppError, type HelpSettings } from "@atelier/domain";
import type { Context } from "./context.ts";

/** What a new workspace needs so that somebody answers questions in it. */
export interface HelpToRun {
  readonly settings: NonNullable<RuntimeConfigInput["help"]>;
  /** Absent: a local provider that takes none. */
  readonly key?: string;
}

/**
 * Reads the key where the template says it is; a file's path is relative to the template. Undefined when
 * nobody is to answer. Throws `AppError` `help-key-missing`.
 */
export const helpToRun = (
  context: Context,
  help: HelpSettings,
  templateFile: string | undefined,
): HelpToRun | undefined => {
  const { provider, endpoint, model, limits, price } = help;
  if (provider === "none") return undefined;
  if (endpoint !== undefined && /^(localhost|127\.|\[::1\]$)/.test(new URL(endpoint).hostname))
    context.reporter.warn(
      `help.endpoint ${endpoint}: inside a workspace this is the workspace itself. For a provider on this machine write http://host.docker.internal:<port> and let it listen on the Docker network, too.`,
    );
  const key = readKey(context, help.keyFrom, templateFile);
  return {
    settings: {
      provider,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(model === undefined ? {} : { model }),
      perMinute: limits.perMinute,
      ...(limits.spend === undefined ? {} : { spend: limits.spend }),
      ...(price === undefined ? {} : { price }),
    },
    ...(key === undefined ? {} : { key }),
  };
};

const readKey = (
  context: Context,
  from: HelpSettings["keyFrom"],
  templateFile: string | undefined,
): string | undefined => {
  if (from === undefined) return undefined;
  if ("env" in from) {
    const key = context.env[from.env]?.trim();
    if (!key)
      throw new AppError("help-key-missing", `The provider's key is not in the environment: ${from.env} is not set.`, {
        hint: `Say ${from.env}=… before the command, or write help.keyFrom.file.`,
      });
    return key;
  }
  if ("secret" in from)
    throw new AppError("help-key-missing", "help.keyFrom.secret names a Kubernetes Secret, and there is no cluster.", {
      hint: "Here it is help.keyFrom.file or help.keyFrom.env.",
    });
  const path = resolve(dirname(context.path(templateFile ?? ".")), from.file);
  let key = "";
  try {
    key = readFileSync(path, "utf8").trim();
  } catch (cause) {
    throw new AppError("help-key-missing", `The provider's key cannot be read: ${(cause as Error).message}`, {
      hint: "help.keyFrom.file is relative to the template.",
      cause,
    });
  }
  if (key === "")
    throw new AppError("help-key-missing", `The provider's key is not in ${path}: the file is empty.`, {
      hint: "Write the key into it.",
    });
  return key;
};

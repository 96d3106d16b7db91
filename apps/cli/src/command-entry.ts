import { Option } from "commander";
import type { Context } from "./context.ts";

/**
 * A command's code, loaded only when it is called: the first output comes at once. Each declares the
 * options it was given in its entry; commander has checked them by then, hence `never`.
 */
export type Action = (context: Context, args: readonly string[], options: never) => Promise<number | undefined>;

export interface CommandEntry {
  readonly name: string;
  /** commander's notation: `<must>`, `[may]`. */
  readonly args?: string;
  readonly summary: string;
  readonly details?: string;
  readonly examples: readonly string[];
  readonly options?: readonly Option[];
  readonly load?: () => Promise<{ readonly default: Action }>;
  readonly subcommands?: readonly CommandEntry[];
  readonly aliases?: readonly string[];
}

export const option = (flags: string, description: string): Option => new Option(flags, description);
const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value];
export const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description).argParser<string[]>(collect);
export const json = option("--json", "print the result as JSON");
export const yes = option("-y, --yes", "do not ask");
export const jobs = option("-y, --yes", "end running jobs without asking");
export const template = option("-t, --template <file>", "WorkspaceTemplate that says how workspaces run");
/** Of everything that starts containers of a folder's workshop. */
export const setParameter = repeatable("--set <name=value>", "value of a parameter");
export const anySecret = repeatable(
  "--secret <name=file>",
  "value of a secret parameter or a build secret, from a file",
);
export const backend = option("--backend <name>", "docker or kubernetes")
  .choices(["docker", "kubernetes"])
  .default("docker");

/** Of everything that builds. */
export const builder = option(
  "--builder <name>",
  "dagger, docker, or what is there: Dagger where an engine of its can be reached",
)
  .choices(["auto", "dagger", "docker"])
  .default("auto");
export const platform = option(
  "--platform <list>",
  "linux/amd64, linux/arm64 or both, by commas; default: the engine's own",
);
export const buildSecret = repeatable("--secret <name=file>", "value of a build secret, from a file; never in a layer");

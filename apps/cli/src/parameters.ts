import { AppError, type Workshop } from "@atelier/domain";
import type { Context } from "./context.ts";

export interface ParameterNeed {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly pattern?: string | undefined;
}

export interface GivenValues {
  readonly values: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, Uint8Array>>;
}

/**
 * Fills the workshop's parameters: what was given, what is asked for on a terminal, else refused, all at
 * once. Throws `AppError` `parameter-missing` or `bad-value`.
 */
export const askForParameters = async (
  context: Context,
  needs: readonly ParameterNeed[],
  given: GivenValues,
): Promise<{ values: Record<string, string>; secrets: Record<string, string> }> => {
  const known = new Set(needs.map(({ name }) => name));
  const unknown = [...Object.keys(given.values), ...Object.keys(given.secrets)].filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new AppError(
      "bad-value",
      `This workshop has no parameter ${unknown.map((name) => `"${name}"`).join(", ")}.`,
      { hint: known.size === 0 ? "It has no parameters." : `Its parameters: ${[...known].join(", ")}` },
    );
  const values: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  const problems: string[] = [];
  for (const need of needs) {
    const secret = given.secrets[need.name];
    let value = need.secret
      ? secret === undefined
        ? undefined
        : new TextDecoder().decode(secret).replace(/\r?\n$/, "")
      : given.values[need.name];
    if (need.secret && given.values[need.name] !== undefined)
      problems.push(
        `"${need.name}" is secret: give it as --secret ${need.name}=<file>, so that it does not stay in your history`,
      );
    if (value === undefined && need.required) value = await ask(context, need);
    if (value === undefined) {
      if (need.required)
        problems.push(
          `"${need.name}" is needed${need.description ? ` (${need.description})` : ""}: ${need.secret ? `--secret ${need.name}=<file>` : `--set ${need.name}=<value>`}`,
        );
      continue;
    }
    if (need.pattern !== undefined && !new RegExp(`^(?:${need.pattern})$`, "v").test(value))
      problems.push(`"${need.name}" does not match ${need.pattern}`);
    (need.secret ? secrets : values)[need.name] = value;
  }
  if (problems.length > 0)
    throw new AppError(
      "parameter-missing",
      `Parameters do not fit; nothing was started:\n${problems.map((line) => `  - ${line}`).join("\n")}`,
    );
  return { values, secrets };
};

/** Of the files that were given with --secret those that are no build's alone: parameters, and what nobody knows. */
export const secretsBesideBuild = (
  { parameters, steps }: Pick<Workshop, "parameters" | "steps">,
  secrets: GivenValues["secrets"],
): GivenValues["secrets"] => {
  const own = new Set(parameters.map(({ name }) => name));
  const ofBuild = new Set(steps.flatMap(({ commands }) => commands.flatMap((command) => command.secrets)));
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => own.has(name) || !ofBuild.has(name)));
};

const ask = async ({ reporter }: Context, need: ParameterNeed): Promise<string | undefined> => {
  if (!reporter.isInteractive) return undefined;
  const { text, password, isCancel } = await import("@clack/prompts");
  const message = need.description || need.name;
  const answer = need.secret ? await password({ message }) : await text({ message });
  if (isCancel(answer)) throw new Error("interrupted");
  return answer;
};

import { parse, stringify } from "yaml";
import { asIdentity, type Identity } from "../identity/identity.ts";
import { exportsOf, quote } from "./shell-words.ts";

export interface CommandSetting {
  /** Whom `command` assertions run as. */
  readonly identity: Identity;
  readonly workdir: string;
  readonly asIdentity?: typeof asIdentity;
}

/**
 * Rewrites a rendered goss file so that every `command` assertion runs as the given identity, with its
 * home, in the workdir. Goss itself is root and would otherwise look into root's `~` and find git's
 * "dubious ownership". The author's text stays the resource's id, which is what results name.
 * Gotchas: goss runs its templates over the file once more, so literal braces are escaped.
 */
export const wrapCommands = (gossText: string, setting: CommandSetting): string => {
  const document: unknown = parse(gossText, { maxAliasCount: 100 });
  if (!isMapping(document)) return gossText;
  const commands = document["command"];
  if (!isMapping(commands)) return escapeTemplates(gossText);
  const wrapped = Object.fromEntries(
    Object.entries(commands).map(([id, body]) => {
      const fields = isMapping(body) ? body : {};
      const exec = fields["exec"];
      return [
        id,
        {
          ...fields,
          exec: Array.isArray(exec)
            ? wrapCommand(exec.map((word) => quote(String(word))).join(" "), setting)
            : wrapCommand(String(exec ?? id), setting),
        },
      ];
    }),
  );
  return escapeTemplates(stringify({ ...document, command: wrapped }, { lineWidth: 0 }));
};

/** The variable that goss is given for {@link wrapCommand}'s lines. */
export const environmentVariable = "ATELIER_CHECK";

/**
 * What {@link environmentVariable} has to hold: a shell text that sets the identity's environment. It goes from
 * root's environment to the identity's and is in no argv, which everybody could read: there are secrets in it.
 */
export const environmentText = (
  env: Readonly<Record<string, string>>,
  { identity, shell, workdir }: { readonly identity: Identity; readonly shell: string; readonly workdir: string },
): string => {
  const { home: HOME, name: USER } = identity;
  return exportsOf({ ...env, HOME, USER, LOGNAME: USER, SHELL: shell, PWD: workdir });
};

/**
 * A shell command line that runs `command` as the identity. The environment is set on the far side: what a
 * variable makes a program load must not be loaded by what is still root.
 */
export const wrapCommand = (
  command: string,
  { identity, workdir, asIdentity: argvAs = asIdentity }: CommandSetting,
): string => {
  const argv = argvAs(identity, [
    "/bin/sh",
    "-c",
    // A line of its own: "&&" would bind only the first of several commands, and "&" would take the cd with it.
    `eval "$${environmentVariable}"; unset ${environmentVariable}; cd ${quote(workdir)} || exit 126\n${command}`,
  ]);
  return `exec ${argv.map(quote).join(" ")}`;
};

const escapeTemplates = (text: string): string => text.replaceAll("{{", '{{"{{"}}');

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

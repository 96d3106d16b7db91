import { parse, stringify } from "yaml";
import { asIdentity, type Identity } from "../identity/identity.ts";

export interface CommandSetting {
  /** Whom `command` assertions run as. */
  readonly identity: Identity;
  readonly workdir: string;
  readonly shell: string;
  /** What the command finds in its environment besides what belongs to the identity. */
  readonly env?: Readonly<Record<string, string>>;
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

/**
 * A shell command line that runs `command` as the identity. The environment is set on the far side: what a
 * variable makes a program load must not be loaded by what is still root.
 */
export const wrapCommand = (
  command: string,
  { identity, workdir, shell, env = {}, asIdentity: argvAs = asIdentity }: CommandSetting,
): string => {
  const environment = {
    ...env,
    HOME: identity.home,
    USER: identity.name,
    LOGNAME: identity.name,
    SHELL: shell,
    PWD: workdir,
  };
  const exports = Object.entries(environment)
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `${name}=${quote(value)}`);
  const argv = argvAs(identity, [
    "/bin/sh",
    "-c",
    // A line of its own: "&&" would bind only the first of several commands, and "&" would take the cd with it.
    `export ${exports.join(" ")}; cd ${quote(workdir)} || exit 126\n${command}`,
  ]);
  return `exec ${argv.map(quote).join(" ")}`;
};

/** One word for a POSIX shell. */
export const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const escapeTemplates = (text: string): string => text.replaceAll("{{", '{{"{{"}}');

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

import { parse, stringify } from "yaml";
import { asIdentity, type Identity } from "../identity/identity.ts";

export interface CommandSetting {
  /** Whom `command` assertions run as. */
  readonly identity: Identity;
  readonly workdir: string;
  readonly shell: string;
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

/** A shell command line that runs `command` as the identity. */
export const wrapCommand = (
  command: string,
  { identity, workdir, shell, asIdentity: argvAs = asIdentity }: CommandSetting,
): string => {
  const environment = { HOME: identity.home, USER: identity.name, LOGNAME: identity.name, SHELL: shell, PWD: workdir };
  const assignments = Object.entries(environment).map(([name, value]) => `${name}=${quote(value)}`);
  const argv = argvAs(identity, ["/bin/sh", "-c", `cd ${quote(workdir)} && ${command}`]);
  return `${assignments.join(" ")} exec ${argv.map(quote).join(" ")}`;
};

/** One word for a POSIX shell. */
export const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

const escapeTemplates = (text: string): string => text.replaceAll("{{", '{{"{{"}}');

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

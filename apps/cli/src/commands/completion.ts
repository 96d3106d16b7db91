import { AppError } from "@atelier/domain";
import type { Context } from "../context.ts";
import type { CommandEntry } from "../command-entry.ts";
import { commandTable } from "../program.ts";

const shells = ["bash", "zsh", "fish"];

export default async ({ reporter }: Context, [shell = ""]: readonly string[]): Promise<number> => {
  if (!shells.includes(shell))
    throw new AppError("usage", `There is no completion for "${shell}".`, { hint: `One of: ${shells.join(", ")}` });
  reporter.result(
    shell === "fish" ? fish() : shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${bash()}` : bash(),
  );
  return 0;
};

const flagsOf = (entry: CommandEntry): readonly string[] => [
  ...(entry.options ?? []).flatMap(({ long }) => (long ? [long] : [])),
  "--help",
];
const wordsOf = (entry: CommandEntry): string =>
  [...(entry.subcommands ?? []).map(({ name }) => name), ...flagsOf(entry)].join(" ");

/** Commands that take a workspace as their argument: its names are asked of `atelier list`. */
const withWorkspace = commandTable.filter(({ args }) => /workspace/.test(args ?? "")).map(({ name }) => name);

const bash = (): string => `# atelier completion for bash; load with: source <(atelier completion bash)
_atelier() {
  local cur=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commandTable.map(({ name }) => name).join(" ")} --help"
  else
    case "\${COMP_WORDS[1]}" in
${commandTable.map((entry) => `      ${entry.name}) words="${wordsOf(entry)}" ;;`).join("\n")}
    esac
    case " ${withWorkspace.join(" ")} " in
      *" \${COMP_WORDS[1]} "*) words="$words $(atelier list --json 2>/dev/null | sed -n 's/^ *"name": "\\(.*\\)",*$/\\1/p')" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$cur"))
}
complete -F _atelier atelier`;

const fish = (): string =>
  [
    "# atelier completion for fish",
    ...commandTable.flatMap((entry) => [
      `complete -c atelier -n __fish_use_subcommand -f -a ${entry.name} -d '${entry.summary.replaceAll("'", "\\'")}'`,
      ...(entry.subcommands ?? []).map(
        ({ name, summary }) =>
          `complete -c atelier -n '__fish_seen_subcommand_from ${entry.name}' -f -a ${name} -d '${summary.replaceAll("'", "\\'")}'`,
      ),
      ...(entry.options ?? []).flatMap(({ long, description }) =>
        long
          ? [
              `complete -c atelier -n '__fish_seen_subcommand_from ${entry.name}' -l ${long.slice(2)} -d '${description.replaceAll("'", "\\'")}'`,
            ]
          : [],
      ),
    ]),
  ].join("\n");

import { Command, type Option } from "commander";
import {
  anySecret,
  backend,
  builder,
  buildSecret,
  type CommandEntry,
  jobs,
  json,
  option,
  platform,
  repeatable,
  setParameter,
  template,
  yes,
} from "./command-entry.ts";
import type { Context } from "./context.ts";
import { sharingCommands } from "./share/sharing-commands.ts";

/** Every command there is: help, completion and the reference page are made from this table. */
export const commandTable: readonly CommandEntry[] = [
  {
    name: "init",
    args: "[folder]",
    summary: "make a new workshop that already works",
    details: "Writes a two-step workshop that validates, builds and passes unedited, with schemas for your editor.",
    examples: [
      "atelier init my-workshop",
      "atelier init my-workshop --ci github",
      "atelier init mine --from linux-basics",
    ],
    options: [
      option("--from <example>", "start from one of the examples").conflicts("name"),
      option("--name <name>", "the workshop's name; default: the folder's"),
      option("--title <title>", "the workshop's title"),
      option("--ci <system>", "also write a CI file").choices(["github", "gitlab"]),
      option("-f, --force", "write into a folder that is not empty; existing files stay"),
    ],
    load: () => import("./commands/init.ts"),
  },
  {
    name: "step",
    summary: "add, rename, move or remove steps",
    examples: [
      "atelier step add permissions --after files",
      "atelier step rename files paths",
      "atelier step move permissions --first",
      "atelier step remove permissions",
    ],
    subcommands: [
      {
        name: "add",
        args: "<id>",
        summary: "add a step with a page and a check to fill in",
        examples: [
          "atelier step add permissions",
          "atelier step add permissions --after files --title 'File permissions'",
        ],
        options: [
          option("--title <title>", "the step's title"),
          option("--after <id>", "put it behind this step"),
          option("--first", "put it first"),
          option("-C, --folder <folder>", "the workshop's folder").default("."),
        ],
        load: () => import("./commands/step-add.ts"),
      },
      {
        name: "rename",
        args: "<id> <new-id>",
        summary: "rename a step and everything that refers to it",
        examples: ["atelier step rename files paths"],
        options: [option("-C, --folder <folder>", "the workshop's folder").default(".")],
        load: () => import("./commands/step-rename.ts"),
      },
      {
        name: "move",
        args: "<id>",
        summary: "change a step's place",
        examples: ["atelier step move permissions --after files", "atelier step move permissions --first"],
        options: [
          option("--after <id>", "put it behind this step"),
          option("--first", "put it first"),
          option("-C, --folder <folder>", "the workshop's folder").default("."),
        ],
        load: () => import("./commands/step-move.ts"),
      },
      {
        name: "remove",
        args: "<id>",
        summary: "remove a step; its folder goes to steps/.removed/",
        examples: ["atelier step remove permissions"],
        options: [yes, option("-C, --folder <folder>", "the workshop's folder").default(".")],
        load: () => import("./commands/step-remove.ts"),
      },
    ],
  },
  {
    name: "validate",
    args: "[folder]",
    summary: "check a workshop and a template, all mistakes at once",
    examples: [
      "atelier validate",
      "atelier validate my-workshop --template class.yaml --backend kubernetes",
      "atelier validate --json",
    ],
    options: [template, backend, json],
    load: () => import("./commands/validate.ts"),
  },
  {
    name: "capabilities",
    summary: "what each backend can do",
    examples: ["atelier capabilities", "atelier capabilities --json"],
    options: [json],
    load: () => import("./commands/capabilities.ts"),
  },
  {
    name: "build",
    args: "[folder]",
    summary: "build one image per step",
    details:
      "What did not change is kept: an edited text runs no command, an edited step runs its own and those of later steps.",
    examples: [
      "atelier build",
      "atelier build my-workshop --secret npm=./token.txt",
      "atelier build --platform linux/amd64,linux/arm64 --output ./images",
      "atelier build --push --to registry.example.org/team/my-workshop",
      "atelier build --from-step permissions --shell-on-failure",
    ],
    options: [
      builder,
      buildSecret,
      option("--from-step <id>", "run the commands of this step and all later ones again").conflicts("check"),
      option("--only <id>", "build up to this step and publish its image alone; keeps no record").conflicts("check"),
      platform,
      option("--output <folder>", "also write all images as an OCI layout").conflicts(["check", "only"]),
      option("--push", "also send all images to a registry: to `workshop.image`, or where --to says").conflicts([
        "check",
        "only",
        "watch",
      ]),
      option("--to <registry/name>", "push, to this repository").implies({ push: true }),
      option("--check", "build a second time from nothing and say which layers differ"),
      option("--shell-on-failure", "open a shell where the failing command would have run"),
      option("--watch", "build again after every change of the folder").conflicts(["check", "fromStep", "json"]),
      json,
    ],
    load: () => import("./commands/build.ts"),
  },
  {
    name: "test",
    args: "[folder]",
    summary: "prove that every check fails before its step and passes after it",
    details:
      "Runs each check in fresh containers: on the image before its step, and on the step's own. They get what `run` gives: parameters, secrets, sudo, the template's limits.",
    examples: [
      "atelier test",
      "atelier test my-workshop --step permissions",
      "atelier test --walk",
      "atelier test --junit report.xml",
      "atelier test --set city=Berlin --secret token=./token.txt",
    ],
    options: [
      template,
      setParameter,
      anySecret,
      repeatable("--step <id>", "only this step; may be given again"),
      option("--concurrency <number>", "images tried at the same time").default("2"),
      option("--junit <file>", "also write a JUnit report"),
      option("--walk", "also do each step by its own text: type its blocks into a real terminal"),
      option("--keep-recordings <folder>", "keep the recordings of --walk, as reference solutions"),
      json,
    ],
    load: () => import("./commands/test.ts"),
  },
  {
    name: "check",
    args: "<workspace> [step]",
    summary: "run a step's check in a live workspace",
    details:
      "Takes the check of the folder that the workspace was made from, as it is now, else the image's own. Passing completes nothing as long as the folder's is taken.",
    examples: ["atelier check linux-basics", "atelier check linux-basics permissions --json"],
    options: [
      option("-C, --folder <folder>", "take the check of this workshop").conflicts("image"),
      option("--image", "take the check in the workspace's image, as the student does"),
      json,
    ],
    load: () => import("./commands/check.ts"),
  },
  {
    name: "checks",
    summary: "work with the checks of steps",
    examples: ["atelier checks draft permissions"],
    subcommands: [
      {
        name: "draft",
        args: "<step>",
        summary: "propose a check from what the step changes",
        details:
          "Compares a fresh container of the image before the step with one of its own image, and keeps only assertions that fail before and pass after in two more. A draft is a start: it knows what changed, not what was meant.",
        examples: ["atelier checks draft permissions", "atelier checks draft permissions --write"],
        options: [
          option("-C, --folder <folder>", "the workshop's folder").default("."),
          option("-w, --write", "write it to the step's goss.yaml"),
          option("-f, --force", "with --write: replace a goss.yaml that is there"),
          template,
          setParameter,
          anySecret,
          json,
        ],
        load: () => import("./commands/checks-draft.ts"),
      },
    ],
  },
  {
    name: "run",
    args: "<folder-or-image>",
    summary: "start a workspace and print its link",
    details: "Builds first when the folder changed. A second run of the same workshop goes on where the first was.",
    examples: [
      "atelier run my-workshop",
      "atelier run my-workshop --step permissions --new",
      "atelier run atelier/linux-basics:1.0.0-start --open",
      "atelier run my-workshop --set city=Berlin --secret token=./token.txt",
      "atelier run my-workshop --ttl 8h --on-edit move",
      "atelier run my-workshop --count 12 --name monday",
    ],
    options: [
      template,
      option("--step <id>", "begin at this step"),
      setParameter,
      repeatable("--secret <name=file>", "value of a secret parameter, from a file"),
      option("--name <name>", "name of the workspace; default: the workshop's"),
      option("--new", "a fresh workspace beside an existing one"),
      option("--count <number>", "a batch: so many workspaces, for as many students; at most 50").conflicts([
        "new",
        "open",
      ]),
      option("--ttl <duration>", "stop it after this time, such as 8h; wins over the template"),
      option(
        "--on-edit <what>",
        "when the workshop was edited since: go on in the old build, move to the new one with the files, or begin afresh",
      ).choices(["continue", "move", "fresh"]),
      option("--open", "open the link in the browser"),
      option("--offline", "the target is a bundle's file; no registry is asked for anything"),
      backend,
      json,
    ],
    load: () => import("./commands/run.ts"),
  },
  {
    name: "dev",
    args: "[folder]",
    summary: "run a workshop and keep it like the folder while you write",
    details:
      "Texts, hints, checks and step settings reach the open page at once; a change of the recipe builds only what follows it. Mistakes are shown over the page, with file and line.",
    examples: ["atelier dev my-workshop --open"],
    options: [
      option("--name <name>", "name of the workspace; default: the workshop's"),
      template,
      setParameter,
      anySecret,
      option("--open", "open the link in the browser"),
    ],
    load: () => import("./commands/dev.ts"),
  },
  ...sharingCommands,
  {
    name: "open",
    args: "[workspace]",
    summary: "print a workspace's link and open it in the browser",
    examples: ["atelier open linux-basics", "atelier open linux-basics --print"],
    options: [option("--print", "print the link only"), json],
    load: () => import("./commands/open.ts"),
  },
  {
    name: "instructor",
    args: "[workspace]",
    summary: "print the instructor's link of a workspace and open it in the browser",
    details: "Shows progress, commands, checks, help and the live terminal, and plays recordings. The student is told.",
    examples: ["atelier instructor linux-basics", "atelier instructor linux-basics --print"],
    options: [option("--print", "print the link only"), json],
    load: () => import("./commands/instructor.ts"),
  },
  {
    name: "export",
    args: "<workspace>",
    summary: "write a session's logs, recordings and summaries into one archive",
    details: "A tar.gz with the JSONL files, the recordings, summary.json and CSV tables; of a stopped workspace too.",
    examples: ["atelier export linux-basics", "atelier export linux-basics -o ada.tar.gz"],
    options: [
      option("-o, --output <file>", "where to write; default: <workspace>-<date>.tar.gz"),
      option("-f, --force", "replace a file that is there"),
      json,
    ],
    load: () => import("./commands/export.ts"),
  },
  {
    name: "list",
    summary: "show all workspaces",
    aliases: ["ls"],
    examples: ["atelier list", "atelier list --json"],
    options: [json],
    load: () => import("./commands/list.ts"),
  },
  {
    name: "stop",
    args: "<workspace...>",
    summary: "stop workspaces; everything in them is kept",
    examples: ["atelier stop linux-basics"],
    options: [json],
    load: () => import("./commands/stop.ts"),
  },
  {
    name: "start",
    args: "<workspace...>",
    summary: "start stopped workspaces again: same link, files and progress",
    examples: ["atelier start linux-basics"],
    options: [json],
    load: () => import("./commands/start.ts"),
  },
  {
    name: "next",
    args: "<workspace> [step]",
    summary: "go on to the step after this one, with the student's files",
    examples: ["atelier next linux-basics", "atelier next linux-basics permissions"],
    options: [jobs, json],
    load: () => import("./commands/next.ts"),
  },
  {
    name: "goto",
    args: "<workspace> <step>",
    summary: "go to the beginning of a step, in a clean container; undo leads back",
    examples: ["atelier goto linux-basics permissions"],
    options: [jobs, json],
    load: () => import("./commands/goto.ts"),
  },
  {
    name: "reset",
    args: "<workspace> [step]",
    summary: "begin this step again, in a clean container; undo leads back",
    examples: ["atelier reset linux-basics", "atelier reset linux-basics permissions --yes"],
    options: [jobs, json],
    load: () => import("./commands/reset.ts"),
  },
  {
    name: "solve",
    args: "<workspace> [step]",
    summary: "show this step solved; it counts as solved, not as passed",
    examples: ["atelier solve linux-basics"],
    options: [jobs, json],
    load: () => import("./commands/solve.ts"),
  },
  {
    name: "undo",
    args: "<workspace>",
    summary: "take the last transition back, with the files as they were",
    examples: ["atelier undo linux-basics"],
    options: [jobs, json],
    load: () => import("./commands/undo.ts"),
  },
  {
    name: "checkpoints",
    args: "<workspace>",
    summary: "list the saved states of a student's files, and what was too big for them",
    examples: ["atelier checkpoints linux-basics"],
    options: [json],
    load: () => import("./commands/checkpoints.ts"),
  },
  {
    name: "restore",
    args: "<workspace> <checkpoint>",
    summary: "bring a saved state back, in a clean container; undo leads back",
    examples: ["atelier restore linux-basics 0c1d", "atelier restore linux-basics 0c1d --yes"],
    options: [option("--yes", "do not ask, and end running jobs"), json],
    load: () => import("./commands/restore.ts"),
  },
  {
    name: "extend",
    args: "<workspace>",
    summary: "give a workspace that ends by itself more time",
    examples: ["atelier extend linux-basics", "atelier extend linux-basics --by 2h"],
    options: [option("--by <duration>", "how much longer; default: an hour"), json],
    load: () => import("./commands/extend.ts"),
  },
  {
    name: "remove",
    args: "[workspace...]",
    summary: "delete workspaces with everything in them",
    aliases: ["rm"],
    examples: ["atelier remove linux-basics", "atelier remove --all --yes"],
    options: [option("--all", "all workspaces of this state directory, and what interrupted commands left"), yes, json],
    load: () => import("./commands/remove.ts"),
  },
  {
    name: "logs",
    args: "<workspace>",
    summary: "show what a workspace's server or one of its services says",
    examples: [
      "atelier logs linux-basics",
      "atelier logs linux-basics --follow --tail 20",
      "atelier logs shop --service database",
    ],
    options: [
      option("-s, --service <name>", "of this service of the workshop"),
      option("-f, --follow", "go on as it comes"),
      option("-n, --tail <lines>", "only the last lines"),
    ],
    load: () => import("./commands/logs.ts"),
  },
  {
    name: "cp",
    args: "<from> <to>",
    summary: "copy files into or out of a workspace",
    details:
      "A path in a workspace is `<workspace>:<path>`; a relative one starts in the student's home. Files that go in belong to the student.",
    examples: ["atelier cp linux-basics:notes.txt .", "atelier cp ./data linux-basics:/home/student/"],
    load: () => import("./commands/cp.ts"),
  },
  {
    name: "recording",
    summary: "look at what terminals recorded",
    examples: ["atelier recording list linux-basics"],
    subcommands: [
      {
        name: "list",
        args: "<workspace>",
        summary: "show the recordings of a workspace, the newest first; it may be stopped",
        examples: ["atelier recording list linux-basics"],
        options: [json],
        load: () => import("./commands/recording-list.ts"),
      },
      {
        name: "export",
        args: "<workspace> [recording]",
        summary: "write a recording as one asciicast, for asciinema and other players",
        details:
          "A recording is named by its id, the beginning of one, or a terminal, whose newest it then is. Without a name the newest is taken.",
        examples: [
          "atelier recording export linux-basics -o session.cast",
          "atelier recording export linux-basics 1 --format v3 > session.cast",
        ],
        options: [
          option("--format <version>", "asciicast v2 (default) or v3"),
          option("-o, --output <file>", "where to; default: stdout"),
        ],
        load: () => import("./commands/recording-export.ts"),
      },
    ],
  },
  {
    name: "template",
    summary: "work with workspace templates",
    examples: ["atelier template show class.yaml"],
    subcommands: [
      {
        name: "show",
        args: "[file]",
        summary: "the effective template, with where each value comes from",
        examples: ["atelier template show", "atelier template show class.yaml --json"],
        options: [json],
        load: () => import("./commands/template-show.ts"),
      },
    ],
  },
  {
    name: "doctor",
    summary: "find everything this machine still needs, with the fix for each",
    examples: ["atelier doctor", "atelier doctor --json"],
    options: [json],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "clean",
    summary: "list old builds and leftovers and, confirmed, remove them",
    examples: ["atelier clean", "atelier clean --yes", "atelier clean --cache"],
    options: [yes, option("--cache", "also what only makes the next build faster"), json],
    load: () => import("./commands/clean.ts"),
  },
  {
    name: "completion",
    args: "<shell>",
    summary: "print a completion script for bash, zsh or fish",
    examples: [
      "source <(atelier completion bash)",
      "atelier completion fish > ~/.config/fish/completions/atelier.fish",
    ],
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "version",
    summary: "print the version",
    examples: ["atelier version"],
    options: [json],
    load: () => import("./commands/version.ts"),
  },
];

export interface GlobalOptions {
  readonly quiet?: boolean;
  readonly color?: boolean;
  readonly input?: boolean;
}

/** Options every command takes. */
export const globalOptions: readonly Option[] = [
  option("-q, --quiet", "say only what was asked for"),
  option("--no-color", "no colour"),
  option("--no-input", "never ask; fail instead"),
];

const helpText = (entry: CommandEntry): string =>
  `\nExamples:\n${entry.examples.map((example) => `  $ ${example}`).join("\n")}${entry.details ? `\n\n${entry.details}` : ""}\n`;

/**
 * The command tree.
 * @param contextFor makes the context once the global options are known
 */
export const createProgram = (
  contextFor: (options: GlobalOptions) => Context,
  onResult: (exitCode: number) => void,
): Command => {
  const program = new Command("atelier")
    .description("Hands-on technical workshops in a real terminal.")
    .showSuggestionAfterError(true)
    .showHelpAfterError("(run the command with --help for examples)")
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .exitOverride();
  for (const shared of globalOptions) program.addOption(shared);
  program.addHelpText(
    "after",
    "\nStart here:\n  $ atelier init my-workshop\n  $ atelier run my-workshop\n\nThe manual is in docs/manual; `atelier <command> --help` shows examples.\n",
  );

  const add = (parent: Command, entry: CommandEntry): void => {
    const command = parent
      .command(entry.name)
      .summary(entry.summary)
      .description(entry.summary[0]?.toUpperCase() + entry.summary.slice(1))
      .exitOverride();
    for (const argument of (entry.args ?? "").split(" ").filter((text) => text !== "")) command.argument(argument);
    for (const own of entry.options ?? []) command.addOption(own);
    if (entry.aliases) command.aliases(entry.aliases);
    command.addHelpText("before", helpText(entry).trimStart());
    for (const sub of entry.subcommands ?? []) add(command, sub);
    const { load } = entry;
    if (load === undefined) {
      command.action(() => command.help({ error: true }));
      return;
    }
    command.action(async (...received: unknown[]) => {
      const args = received
        .slice(0, -2)
        .flatMap((value) => (Array.isArray(value) ? value : value === undefined ? [] : [value])) as string[];
      const { default: action } = await load();
      onResult((await action(contextFor(program.opts()), args, command.opts() as never)) ?? 0);
    });
  };
  for (const entry of commandTable) add(program, entry);
  return program;
};

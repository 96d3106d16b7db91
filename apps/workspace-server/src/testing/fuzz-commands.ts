import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandom, type Random } from "@atelier/testkit";
import { openTestTerminals } from "./open-test-terminals.ts";
import { keysFor, randomCommand } from "./random-command.ts";
import { keysForFish, randomFishCommand } from "./random-fish-command.ts";

interface FuzzedShell {
  readonly path: string;
  /** Start-up files that make the prompt plain and the shell read every line as typed. */
  readonly files: Readonly<Record<string, string>>;
  /** Of each group one line goes into the start-up file: what may keep a command out of the shell's own history. */
  readonly settings: readonly (readonly string[])[];
  readonly startUp: string;
  /** The end of its output once the line editor has taken the terminal over. */
  readonly prompt: RegExp;
  readonly command: (random: Random) => string;
  /** What reaches the line editor when a person enters exactly this text. */
  readonly keys: (command: string) => string;
}

const errorsEnd = "set -e";
/** As much as a record keeps of a command, and what every shell's report cuts. */
const longestKept = 16_384;
const long = 70_000;
const mostLineBytes = 64 * 1024;

const shells = {
  bash: {
    path: "/bin/bash",
    startUp: ".bashrc",
    files: { ".bashrc": "PS2=; PS1='> '\nset +H\n" },
    settings: [
      ["", "HISTCONTROL=ignorespace", "HISTCONTROL=ignoredups", "HISTCONTROL=ignoreboth", "HISTCONTROL=erasedups"],
      ["", "HISTIGNORE='*'", "HISTIGNORE='true*:: *'", "HISTIGNORE='&'"],
      ["", "HISTSIZE=0", "HISTSIZE=1", "HISTSIZE=3", "HISTSIZE=-1", "HISTSIZE=; HISTFILESIZE=0"],
      ["", errorsEnd],
    ],
    // A change of size that comes late paints it once more.
    prompt: /\[\?2004h> (?:\s*\u001b\[K\s*> )*$/,
    command: randomCommand,
    keys: keysFor,
  },
  zsh: {
    path: "/bin/zsh",
    startUp: ".zshrc",
    files: { ".zshrc": "PS2=; PS1='> '\nunsetopt banghist promptsp\nsetopt interactivecomments\n" },
    settings: [
      [
        "",
        "setopt histignorespace",
        "setopt histignoredups",
        "setopt histignorealldups histreduceblanks histnofunctions",
      ],
      ["", "HISTSIZE=1", "HISTSIZE=1000; SAVEHIST=0", "HISTORY_IGNORE='*'"],
      ["", errorsEnd],
    ],
    prompt: /> (?:\u001b(?:\[[0-9;?]*[a-zA-Z]|=))*\u001b\[\?2004h$/,
    command: randomCommand,
    keys: keysFor,
  },
  fish: {
    path: "/usr/bin/fish",
    startUp: ".config/fish/config.fish",
    settings: [["", "set -g fish_history ''", "function fish_should_add_to_history; return 1; end"]],
    files: {
      ".config/fish/config.fish":
        "set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nfunction fish_prompt; printf '> '; end\nfunction fish_title; end\n",
    },
    prompt: /> \u001b\[K(?:\r\u001b\[2C|\r?(?:\u001b\[C){2})$/,
    command: randomFishCommand,
    keys: keysForFish,
  },
} as const satisfies Readonly<Record<string, FuzzedShell>>;

/**
 * Types random commands into a real shell with random settings of its history, the same ones again and some with
 * a blank in front among them, and compares the log with what was typed, one record for each.
 */
export const fuzzCommands = async (options: {
  readonly commands: number;
  readonly seed: number;
  readonly shell?: keyof typeof shells;
}): Promise<void> => {
  const random = createRandom(options.seed);
  const name = options.shell ?? "bash";
  const { path, files, startUp, settings, prompt, command: nextCommand, keys } = shells[name];
  assert.ok(existsSync(path), `${path} is not there; install it to run this test`);
  const set = settings.map((group) => random.pick(group));
  const context = `seed ${options.seed} of ${name} with ${set.filter(Boolean).join(", ") || "nothing set"}`;
  await using shell = await openTestTerminals({
    shell: path,
    files: { ...files, [startUp]: `${Object.values(files).join("")}${set.join("\n")}\n` },
  });
  const viewer = shell.attach();
  const typed: string[] = [];
  const newCommand = (): string => {
    const before = typed.at(-1);
    if (before !== undefined && before.length < 1000 && random.chance(0.15)) return before;
    // fish's line editor alone takes half a minute for such a line.
    if (name !== "fish" && random.chance(0.01)) return `: '${random.pick(["x", "é", "漢;"]).repeat(long)}'`;
    const command = nextCommand(random);
    // bash's own history puts an empty line behind a heredoc that is not the end.
    if (set.includes(errorsEnd) && !command.includes("<<")) return `{ ${command}\n} || :`;
    return !command.includes("\n") && random.chance(0.1) ? ` ${command}` : command;
  };
  for (let count = 0; count < options.commands; count++) {
    const command = newCommand();
    typed.push(command);
    // Before its prompt the line editor has not taken the terminal over, and keys mean something else.
    await viewer.waitFor(prompt);
    viewer.forget();
    viewer.input(`${command.length > long ? `\u001b[200~${command}\u001b[201~` : keys(command)}\n`);
    await shell.logged(typed.length);
  }
  const records = await shell.commands();
  records.forEach(({ command, verified, truncated }, index) => {
    const own = typed[index] ?? "";
    assert.equal(command, own.slice(0, longestKept), `command ${index + 1} of ${context}`);
    assert.equal(truncated === true, own.length > longestKept, `command ${index + 1} of ${context}`);
    assert.ok(verified, `command ${index + 1} of ${context}: ${command}`);
  });
  assert.equal(records.length, typed.length);
  const lost = shell.events.filter(({ type }) => type === "integration-lost");
  assert.deepEqual(lost, [], context);
  for (const line of (await readFile(join(shell.runtime, "command-log.jsonl"), "utf8")).split("\n"))
    assert.ok(Buffer.byteLength(line) <= mostLineBytes, `a line of ${line.length} characters, ${context}`);
};

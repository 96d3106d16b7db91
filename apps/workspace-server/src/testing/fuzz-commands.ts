import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRandom, type Random } from "@atelier/testkit";
import { openTestTerminals } from "./open-test-terminals.ts";
import { keysFor, randomCommand } from "./random-command.ts";
import { keysForFish, randomFishCommand } from "./random-fish-command.ts";

interface FuzzedShell {
  readonly path: string;
  /** Start-up files that make the prompt plain and the shell read every line as typed. */
  readonly files: Readonly<Record<string, string>>;
  /** The end of its output once the line editor has taken the terminal over. */
  readonly prompt: RegExp;
  readonly command: (random: Random) => string;
  /** What reaches the line editor when a person enters exactly this text. */
  readonly keys: (command: string) => string;
}

const shells = {
  bash: {
    path: "/bin/bash",
    files: { ".bashrc": "PS2=; PS1='> '\nset +H\nHISTCONTROL=\n" },
    // A change of size that comes late paints it once more.
    prompt: /\[\?2004h> (?:\s*\u001b\[K\s*> )*$/,
    command: randomCommand,
    keys: keysFor,
  },
  zsh: {
    path: "/bin/zsh",
    files: { ".zshrc": "PS2=; PS1='> '\nunsetopt banghist promptsp\nsetopt interactivecomments\n" },
    prompt: /> (?:\u001b(?:\[[0-9;?]*[a-zA-Z]|=))*\u001b\[\?2004h$/,
    command: randomCommand,
    keys: keysFor,
  },
  fish: {
    path: "/usr/bin/fish",
    files: {
      ".config/fish/config.fish":
        "set -g fish_greeting\nset -g fish_autosuggestion_enabled 0\nfunction fish_prompt; printf '> '; end\nfunction fish_title; end\n",
    },
    prompt: /> \u001b\[K(?:\r\u001b\[2C|\r?(?:\u001b\[C){2})$/,
    command: randomFishCommand,
    keys: keysForFish,
  },
} as const satisfies Readonly<Record<string, FuzzedShell>>;

/** Types random commands into a real shell and compares the log with what was typed, one record for each. */
export const fuzzCommands = async (options: {
  readonly commands: number;
  readonly seed: number;
  readonly shell?: keyof typeof shells;
}): Promise<void> => {
  const random = createRandom(options.seed);
  const { path, files, prompt, command: nextCommand, keys } = shells[options.shell ?? "bash"];
  assert.ok(existsSync(path), `${path} is not there; install it to run this test`);
  await using shell = await openTestTerminals({ shell: path, files });
  const viewer = shell.attach();
  const typed: string[] = [];
  for (let count = 0; count < options.commands; count++) {
    const command = nextCommand(random);
    typed.push(command);
    // Before its prompt the line editor has not taken the terminal over, and keys mean something else.
    await viewer.waitFor(prompt);
    viewer.forget();
    viewer.input(`${keys(command)}\n`);
    await shell.logged(typed.length);
  }
  const records = await shell.commands();
  records.forEach(({ command, verified }, index) => {
    assert.equal(command, typed[index], `command ${index + 1} of seed ${options.seed}`);
    assert.ok(verified, `command ${index + 1} of seed ${options.seed}: ${command}`);
  });
  assert.equal(records.length, typed.length);
};

import { test } from "node:test";
import { playSwitchedOff } from "../testing/switched-off.ts";

const zsh = { shell: "/bin/zsh", files: { ".zshrc": "PS1='> '\nsetopt interactivecomments\n" } };
const fish = { shell: "/usr/bin/fish", files: { ".config/fish/config.fish": "set -g fish_greeting\n" } };

// Two more shells than a machine has that runs `npm test`.
for (const line of ["preexec_functions=()", "__atelier_preexec() { :; }", "unfunction __atelier_preexec"])
  test(`zsh: what it runs after ${line} is in the log, and the line pointed out`, async () => {
    await playSwitchedOff({ ...zsh, line, isPutBack: true });
  });

for (const line of ["functions --erase __atelier_preexec", "function __atelier_preexec; end"])
  test(`fish: what it runs after ${line} is in the log, and the line pointed out`, async () => {
    await playSwitchedOff({ ...fish, line, isPutBack: true });
  });

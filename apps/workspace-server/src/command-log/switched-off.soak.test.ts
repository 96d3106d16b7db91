import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openTestTerminals } from "../testing/open-test-terminals.ts";
import { playSwitchedOff } from "../testing/switched-off.ts";

const zsh = { shell: "/bin/zsh", files: { ".zshrc": "PS1='> '\nsetopt interactivecomments\n" } };
const fish = { shell: "/usr/bin/fish", files: { ".config/fish/config.fish": "set -g fish_greeting\n" } };

const drop = {
  zsh: `__atelier_say() { case $1 in S*) ;; *) builtin printf '\\e]7717;%s;%s\\a' "$__atelier_nonce" "$1" ;; esac; }`,
  fish: "function __atelier_say; string match -q 'S*' -- $argv[1]; or builtin printf '\\e]7717;%s;%s\\a' $__atelier_nonce $argv[1]; end",
};

// Two more shells than a machine has that runs `npm test`.
for (const line of [
  "preexec_functions=()",
  "__atelier_preexec() { :; }",
  "unfunction __atelier_preexec",
  "__atelier_escape() { REPLY=; }",
  drop.zsh,
])
  test(`zsh: what it runs after ${line} is in the log, and the line pointed out`, async () => {
    await playSwitchedOff({ ...zsh, line, isPutBack: true });
  });

for (const line of ["functions --erase __atelier_preexec", "function __atelier_preexec; end", drop.fish])
  test(`fish: what it runs after ${line} is in the log, and the line pointed out`, async () => {
    await playSwitchedOff({ ...fish, line, isPutBack: true });
  });

for (const line of [
  "setopt ksh_arrays",
  "setopt glob_subst",
  "emulate sh",
  "emulate ksh",
  "alias -g local=x builtin=x",
])
  test(`zsh: ${line} takes nothing away, and nobody says so`, async () => {
    await using shell = await openTestTerminals(zsh);
    const viewer = shell.attach();
    const typed = [line, "echo one", "echo two"];
    for (const own of typed) await shell.type(viewer, own);
    assert.deepEqual(
      (await shell.commands()).map(({ command }) => command),
      typed,
    );
    const lost = shell.events.filter(({ type }) => type === "integration-lost");
    assert.deepEqual(lost, []);
  });

test("fish: a printf of the student's own is not what reports", async () => {
  await using shell = await openTestTerminals(fish);
  const viewer = shell.attach();
  for (const line of ["function printf; end", "echo one"]) await shell.type(viewer, line);
  assert.equal((await shell.commands()).at(-1)?.command, "echo one");
});

test("fish: with all that reports taken out at once, lines that nobody reports are pointed out", async () => {
  await using shell = await openTestTerminals(fish);
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  for (const line of ["functions --erase __atelier_preexec __atelier_prompt", "echo one", "echo two"]) {
    viewer.input(`${line}\n`);
    await sleep(500);
  }
  const isLost = (): boolean => shell.events.some(({ type }) => type === "integration-lost");
  for (const end = performance.now() + 5000; !isLost(); await sleep(50))
    assert.ok(performance.now() < end, "nobody told within five seconds");
});

test("zsh: hooks that cannot be put back are pointed out once, not at each prompt", async () => {
  await using shell = await openTestTerminals(zsh);
  const viewer = shell.attach();
  await shell.type(viewer, "typeset -r preexec_functions=()");
  for (const word of ["one", "two", "three"]) {
    viewer.input(`echo ${word}\n`);
    await viewer.waitFor(new RegExp(`^${word}`, "m"));
  }
  const lost = shell.events.filter(({ type }) => type === "integration-lost");
  assert.equal(lost.length, 1);
});

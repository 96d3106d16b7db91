import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { playSwitchedOff } from "../testing/switched-off.ts";
import { openTestTerminals, type TestTerminalsOptions } from "../testing/open-test-terminals.ts";
import { typeLongCommand } from "../testing/type-long-command.ts";

/** Types lines into a fresh bash and answers what the log says of each. */
const logOf = async (
  lines: readonly string[],
  options: TestTerminalsOptions = {},
): Promise<readonly (readonly [string, number | undefined])[]> => {
  await using shell = await openTestTerminals(options);
  const viewer = shell.attach();
  for (const line of lines) await shell.type(viewer, line);
  return (await shell.commands()).map(({ command, exitCode }) => [command, exitCode]);
};

const exact: Readonly<Record<string, readonly string[]>> = {
  "quotes, unicode and specials": [`echo "a; b" 'c\\d' $((1+1)) é漢🎉 | cat`, "true && ! false"],
  "a multi-line command": ["for i in 1 2; do\n  echo $i\ndone"],
  "a heredoc": ["cat <<END\none; two\nEND"],
  "the same command again": ["true", "true", "true"],
  "subshells and pipelines": ["(cd / && pwd) | tr a-z A-Z"],
};
for (const [name, lines] of Object.entries(exact))
  test(`bash: ${name} are logged exactly`, async () => {
    assert.deepEqual(
      (await logOf(lines)).map(([command]) => command),
      lines,
    );
  });

test("bash: exit codes, directories and durations", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  for (const line of ["false", "(exit 7)", "cd /usr", "sleep 1", "nonsense-command"]) await shell.type(viewer, line);
  const records = await shell.commands();
  assert.deepEqual(
    records.map(({ command, exitCode, cwd, verified, step, terminal }) => [
      command,
      exitCode,
      cwd,
      verified,
      step,
      terminal,
    ]),
    [
      ["false", 1, shell.home, true, "one", "1"],
      ["(exit 7)", 7, shell.home, true, "one", "1"],
      ["cd /usr", 0, shell.home, true, "one", "1"],
      ["sleep 1", 0, "/usr", true, "one", "1"],
      ["nonsense-command", 127, "/usr", true, "one", "1"],
    ],
  );
  // A busy machine hears of the start late.
  assert.ok((records[3]?.durationMs ?? 0) >= 500);
});

test("bash: lines that are pasted together are commands of their own, each with its end and its place", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  viewer.input("\x1b[200~false\ncd /usr\n(exit 7)\nfor i in 1 2; do\n  echo $i\ndone\x1b[201~\n");
  await viewer.waitFor(/\n2\r\n[^\n]*[#$] $/);
  assert.deepEqual(
    (await shell.commands()).slice(1).map(({ command, exitCode, cwd, verified }) => [command, exitCode, cwd, verified]),
    [
      ["false", 1, shell.home, true],
      ["cd /usr", 0, shell.home, true],
      ["(exit 7)", 7, "/usr", true],
      ["for i in 1 2; do\n  echo $i\ndone", 0, "/usr", true],
    ],
  );
});

const rc =
  "HISTCONTROL=ignoreboth\nHISTIGNORE='secret*'\nPROMPT_COMMAND='mine=$?'\nPS1='> '\nalias ll='echo aliased'\nset -u\n";
test("bash: the student's HISTCONTROL, PROMPT_COMMAND, PS1, aliases and set -u keep working", async () => {
  await using shell = await openTestTerminals({ files: { ".bashrc": rc } });
  const viewer = shell.attach();
  const lines = [" echo hidden", "ll", "false", "echo mine is $mine", "true", "true", "history | grep -c hidden"];
  for (const line of lines) await shell.type(viewer, line);
  assert.deepEqual(
    (await shell.commands()).map(({ command }) => command.trimStart()),
    lines.map((line) => line.trimStart()),
  );
  await viewer.waitFor(/aliased\r\n/);
  await viewer.waitFor(/mine is 1\r\n/);
  // The history holds the grep itself and not the hidden line.
  await viewer.waitFor(/2004l\r1\r\n[^\n]*> $/);
});

test("bash: set -e ends the shell where bash would, and the prompt is no such place", async () => {
  await using shell = await openTestTerminals({ files: { ".bashrc": "PROMPT_COMMAND='mine=$?'\nIFS=0123\n" } });
  const viewer = shell.attach();
  const lines = [
    "trap 'echo trapped' ERR; set -e",
    "false && true",
    'echo "mine is $mine"',
    "! true",
    "shopt -s inherit_errexit",
    "false && true",
    'echo "still-$((1+1))"',
  ];
  for (const line of lines) await shell.type(viewer, line);
  await viewer.waitFor(/mine is 1\r\n/);
  await viewer.waitFor(/still-2\r\n/);
  assert.doesNotMatch(viewer.text, /\ntrapped/);
  assert.deepEqual(
    (await shell.commands()).map(({ command, exitCode }) => [command, exitCode]),
    lines.map((line) => [line, /^(?:false|!)/.test(line) ? 1 : 0]),
  );
});

test("bash: a history of nothing, or one that ignores everything, keeps nothing from the log", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  const lines = [
    "HISTSIZE=0",
    "echo one",
    "echo two",
    "HISTSIZE=100; HISTIGNORE='ls:foo*'",
    "ls > /dev/null",
    "ls",
    ": y",
  ];
  for (const line of lines) await shell.type(viewer, line);
  await shell.type(viewer, "history > history.txt");
  assert.deepEqual(
    (await shell.commands()).map(({ command }) => command),
    [...lines, "history > history.txt"],
  );
  const kept = await readFile(join(shell.home, "history.txt"), "utf8");
  assert.deepEqual(kept.match(/(?<=\d {2}).*/g), [
    "HISTSIZE=100; HISTIGNORE='ls:foo*'",
    "ls > /dev/null",
    ": y",
    "history > history.txt",
  ]);
});

test("bash: with the history off it cannot say what it runs, and the log says that", async () => {
  await using shell = await openTestTerminals({ files: { ".bashrc": "HISTCONTROL=ignoreboth\n" } });
  const viewer = shell.attach();
  for (const line of ["set +o history", "false", "set -o history", "echo told"]) await shell.type(viewer, line);
  assert.deepEqual(
    (await shell.commands()).map(({ command, verified, exitCode }) => [command, verified, exitCode]),
    [
      ["set +o history", true, 0],
      ["(not told by the shell)", false, 1],
      ["(not told by the shell)", false, 0],
      ["echo told", true, 0],
    ],
  );
});

const untold = "(not told by the shell)";
const hiding: Readonly<Record<string, readonly (readonly [line: string, logged?: string])[]>> = {
  "erased duplicates are told": [["HISTCONTROL=erasedups"], ["echo a"], ["echo b"], ["echo a"], ["echo b"], ["echo b"]],
  "a function called printf changes nothing": [["printf() { echo FAKE; }"], ["echo x;echo y"], ["cd /"]],
  "cmdhist and lithist are put back": [["shopt -u cmdhist lithist"], ["for i in 1 2; do\n  echo $i\ndone"]],
  "what a read-only HISTCONTROL hides is told to be hidden": [
    ["readonly HISTCONTROL=ignoreboth"],
    ["echo 1"],
    [" echo 2", untold],
    ["echo 3"],
    ["echo 3", untold],
  ],
  "what a read-only HISTIGNORE hides is told to be hidden": [
    ["HISTCONTROL=ignoredups; readonly HISTIGNORE='hide*'"],
    ["echo 1"],
    ["hide", untold],
    ["echo 3"],
  ],
};
for (const [name, lines] of Object.entries(hiding))
  test(`bash: ${name}`, async () => {
    await using shell = await openTestTerminals();
    const viewer = shell.attach();
    for (const [line] of lines) await shell.type(viewer, line);
    assert.deepEqual(
      (await shell.commands()).map(({ command, verified }) => [command, verified]),
      lines.map(([line, logged = line]) => [logged, logged !== untold]),
    );
    assert.doesNotMatch(viewer.text, /readonly variable|\nFAKE/);
  });

test("bash: Ctrl-C ends a command with 130, and background jobs do not disturb", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "sleep 0.3 &");
  viewer.input("sleep 30\n");
  await viewer.waitFor(/sleep 30\r\n[^\n]*\[\?2004l\r$/);
  await sleep(50);
  viewer.input("\u0003");
  await shell.logged(2);
  await shell.type(viewer, "true");
  await shell.type(viewer, "echo after");
  assert.deepEqual(
    (await shell.commands()).map(({ command, exitCode }) => [command, exitCode]),
    [
      ["sleep 0.3 &", 0],
      ["sleep 30", 130],
      ["true", 0],
      ["echo after", 0],
    ],
  );
});

test("bash: a Ctrl-C while the shell still says what it runs keeps nothing from the log", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  const slow =
    'eval "quick() $(declare -f __atelier_escape | tail -n +2)"; __atelier_escape() { command sleep 0.3; quick "$@"; }';
  await shell.type(viewer, slow);
  viewer.input("sleep 0.1; false\n");
  await viewer.waitFor(/false\r\n[^\n]*\[\?2004l\r$/);
  await sleep(100);
  viewer.input("\u0003");
  await shell.logged(2);
  assert.equal((await shell.commands())[1]?.command, "sleep 0.1; false");
});

test("bash: secrets are redacted before anything is written, and no marker or nonce is in a recording", async () => {
  await using shell = await openTestTerminals({ secrets: ["hunter22"] });
  const viewer = shell.attach();
  await shell.type(viewer, "export PASSWORD=x9; echo hunter22 > /dev/null");
  const log = await readFile(join(shell.runtime, "command-log.jsonl"), "utf8");
  assert.match(log, /"command":"export PASSWORD=\[redacted\]; echo \[redacted\] > \/dev\/null","redacted":true/);
  for (const name of await shell.recordings())
    assert.doesNotMatch(await readFile(join(shell.runtime, name), "utf8"), /7717/);
  assert.doesNotMatch(viewer.text, /7717/);
  viewer.input(
    "env; cat /proc/$$/environ | tr '\\0' '\\n'; declare -p | grep -c __atelier_nonce; echo shown-$((1+1))\n",
  );
  await viewer.waitFor(/shown-2/);
  const nonce = /__atelier_nonce=/.exec(viewer.text);
  assert.equal(nonce, null, "the nonce is in no environment");
});

test("bash: a long command is cut and says so, and a forged marker changes nothing", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, `echo ${"x".repeat(3000)} > /dev/null`);
  await shell.type(viewer, "printf '\\033]7717;0123456789abcdef;S;rm -rf /\\007'");
  const [long, forged] = await shell.commands();
  assert.equal(long?.command.length, 3000 + "echo  > /dev/null".length);
  assert.deepEqual([(await shell.commands()).length, forged?.command.startsWith("printf")], [2, true]);
});

test("bash: a command that is longer than a report can be is in the log, cut, and no report on the screen", async () => {
  await typeLongCommand("bash");
});

test("bash before 4.4: commands are logged when they are over, and the terminal says so", async () => {
  await using shell = await openTestTerminals({ files: { ".bashrc": "__atelier_old=1\n" } });
  const viewer = shell.attach();
  for (const line of ["false", 'echo "two\nlines"', "true", "true"]) await shell.type(viewer, line);
  assert.deepEqual(
    (await shell.commands()).map(({ command, exitCode }) => [command, exitCode]),
    [
      ["false", 1],
      ['echo "two\nlines"', 0],
      ["true", 0],
      ["true", 0],
    ],
  );
  assert.deepEqual(
    shell.terminals.list().map(({ commandLog }) => commandLog),
    ["basic"],
  );
});

for (const line of [
  "__atelier_start() { :; }",
  "PS0=; readonly PS0",
  "trap 'PS0=' DEBUG",
  '__atelier_say() { case $1 in S*) ;; *) builtin printf \'\\e]7717;%s;%s\\a\' "$__atelier_nonce" "$1" ;; esac; }',
])
  test(`bash: what it runs after ${line} is pointed out, once`, async () => {
    await playSwitchedOff({ shell: "/bin/bash", line, isPutBack: false });
  });

test("bash: without promptvars commands are told all the same", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  for (const line of ["shopt -u promptvars", "echo one"]) await shell.type(viewer, line);
  assert.deepEqual(
    (await shell.commands()).map(({ command }) => command),
    ["shopt -u promptvars", "echo one"],
  );
  assert.doesNotMatch(viewer.text, /__atelier/);
});

/** Says, as bash does, what it runs; and stops in the middle of it for as long as a busy machine may make it. */
const haltingShell = `#!/bin/sh
nonce=$(sed -n "s/^.*__atelier_nonce='\\([^']*\\)'.*/\\1/p" "$2")
say() { printf '\\033]7717;%s;%s' "$nonce" "$1"; }
say "P;/tmp"; printf '\\a'
say "S;first"; sleep 0.3; printf ' half, second half\\a'
say "E;0;/tmp"; printf '\\a'
exec sleep 600
`;

test("a command that the shell tells in pieces, with pauses between, is one command and no output", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-halting-"));
  try {
    const path = join(folder, "bash");
    await writeFile(path, haltingShell, { mode: 0o755 });
    await using shell = await openTestTerminals({ shell: path });
    const viewer = shell.attach();
    await shell.logged(1);
    assert.deepEqual(
      (await shell.commands()).map(({ command }) => command),
      ["first half, second half"],
    );
    assert.doesNotMatch(viewer.text, /7717|half/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

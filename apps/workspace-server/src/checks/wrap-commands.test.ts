import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { test } from "node:test";
import { parse } from "yaml";
import { quote } from "./shell-words.ts";
import { environmentText, environmentVariable, wrapCommand, wrapCommands } from "./wrap-commands.ts";

const setting = {
  identity: { name: "student", uid: 1000, gid: 1000, groups: [], home: "/home/student" },
  workdir: "/",
  asIdentity: (_identity: unknown, argv: readonly string[]) => argv,
};
const env = {
  [environmentVariable]: environmentText(
    { PATH: process.env["PATH"] ?? "", "NOT A NAME": "x", TOKEN: "it's $secret" },
    { ...setting, shell: "/bin/bash" },
  ),
};
const said = (command: string): string =>
  execFileSync("/bin/sh", ["-c", wrapCommand(command, setting)], { encoding: "utf8", env });

const commands = [
  ["quotes of all kinds", `echo "it's" 'a "b"' \\$HOME`, `it's a "b" $HOME\n`],
  ["variables of the student", `echo "$HOME $USER"`, "/home/student student\n"],
  ["pipes and several lines", "printf 'a\\nb\\n' | wc -l\necho end", "2\nend\n"],
  ["a here document", "cat <<'E'\n$x `y`\nE", "$x `y`\n"],
  ["what it is given", 'echo "$TOKEN $ATELIER_CHECK"', "it's $secret \n"],
  ["the workdir", "pwd", "/\n"],
  ["the workdir of what goes on behind a job", "sleep 0 & pwd", "/\n"],
  ["a comment before it", "# first\npwd", "/\n"],
] as const;
for (const [name, command, output] of commands)
  test(`a wrapped command keeps ${name}`, () => assert.equal(said(command), output));

test("a workdir that is not there runs nothing, whatever stands in the command", () => {
  const wrapped = wrapCommand("true & echo ran || echo ran", { ...setting, workdir: "/none/such" });
  const { status, stdout } = spawnSync("/bin/sh", ["-c", wrapped], { encoding: "utf8", env });
  assert.deepEqual([status, stdout], [126, ""]);
});

test("every command assertion is wrapped, whatever form it has, and nothing else is touched", () => {
  const wrapped = parse(
    wrapCommands(
      `command:
  git status: { exit-status: 0 }
  named: { exec: "git log", stdout: ["{{ x }}"] }
  listed: { exec: [ls, "a b"] }
file:
  /x: { exists: true, contents: ["$HOME"] }
`,
      setting,
    ).replaceAll('{{"{{"}}', "{{"),
  ) as { command: Record<string, { exec: string }>; file: unknown };
  assert.deepEqual(Object.keys(wrapped.command), ["git status", "named", "listed"], "results name the author's text");
  const ends = Object.values(wrapped.command).map(({ exec }) => exec.replace(/.* \|\| exit 126\n/s, ""));
  assert.deepEqual(ends, ["git status'", "git log'", `ls '\\''a b'\\'''`]);
  assert.deepEqual(wrapped.file, { "/x": { exists: true, contents: ["$HOME"] } });
});

test("literal braces survive goss's second reading", () => {
  for (const text of ['file:\n  /x:\n    contents: ["{{ x }}"]\n', "command:\n  'echo {{x}}': { exit-status: 0 }\n"])
    assert.match(wrapCommands(text, setting), /\{\{"\{\{"\}\} ?x/);
});

test("a word is one word for the shell", () => {
  for (const word of ["", "a b", "it's", "$(id)", "`id`", "a\nb", "-n", "*", "\\"])
    assert.equal(execFileSync("/bin/sh", ["-c", `printf '%s' ${quote(word)}`], { encoding: "utf8" }), word);
});

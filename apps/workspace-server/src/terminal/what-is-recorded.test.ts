import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";

/** What a file of the runtime folder says, of the terminal's recording and of its index. */
const written = async (shell: TestTerminals, end: ".cast" | ".idx"): Promise<string> => {
  const names = (await readdir(shell.runtime)).filter((name) => name.startsWith("session-") && name.endsWith(end));
  return (await Promise.all(names.map((name) => readFile(join(shell.runtime, name), "utf8")))).join("");
};
/** Runs a command whose text is not what it prints, and lets the terminals go. */
const run = async (shell: TestTerminals): Promise<readonly unknown[]> => {
  const viewer = shell.attach();
  viewer.input("stty -echo; PS1='$ '\n");
  await viewer.waitFor(/\$ $/);
  viewer.input("echo untold-$((6*7))\n");
  await viewer.waitFor(/untold-42\r\n[\s\S]*\$ $/);
  const recent = shell.terminals.recentCommands(10);
  shell.terminals.enterStep("two");
  await shell.terminals[Symbol.asyncDispose]();
  return recent;
};

test("with the command log off no command is kept anywhere but on the screen", async () => {
  await using shell = await openTestTerminals({ recording: { commands: "off", terminal: "on" } });
  const recent = await run(shell);
  const cast = await written(shell, ".cast");
  assert.match(cast, /untold-42/);
  assert.match(cast, /"m","step: two"/);
  assert.doesNotMatch(cast, /6\*7/);
  assert.doesNotMatch(await written(shell, ".idx"), /6\*7/);
  assert.deepEqual(recent, []);
  assert.ok(!existsSync(join(shell.runtime, "command-log.jsonl")));
});

test("with the recording off commands are in the log, and no file holds what was shown", async () => {
  await using shell = await openTestTerminals({ recording: { commands: "on", terminal: "off" } });
  const recent = await run(shell);
  const commands = await shell.commands();
  assert.ok(commands.some(({ command }) => command === "echo untold-$((6*7))"));
  assert.deepEqual(recent, commands);
  assert.equal((await written(shell, ".cast")) + (await written(shell, ".idx")), "");
});

test("a recording tells the step that it begins in, as after a move, and each one that follows", async () => {
  await using shell = await openTestTerminals();
  await run(shell);
  const steps = /"m",("step: \w+")\]/g;
  assert.deepEqual(
    [...(await written(shell, ".cast")).matchAll(steps)].map(([, marker]) => marker),
    ['"step: one"', '"step: two"'],
  );
  assert.match(await written(shell, ".idx"), /^\{"t":0\.\d+,"offset":\d+,"marker":"step: one"\}\n/);
});

test("a command's marker is cut between two characters", async () => {
  await using shell = await openTestTerminals();
  const start = "echo ".padEnd(199, "x");
  const viewer = shell.attach();
  await shell.type(viewer, `${start}🎉🎉`);
  await shell.terminals[Symbol.asyncDispose]();
  const marker = JSON.stringify(start);
  assert.ok((await written(shell, ".cast")).includes(`"m",${marker}]`));
  assert.ok((await written(shell, ".idx")).includes(marker));
});

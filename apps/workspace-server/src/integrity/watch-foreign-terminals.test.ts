import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";

const nestedIn = async (shell: TestTerminals, wanted: number): Promise<readonly string[]> => {
  const found = (): readonly string[] =>
    shell.events.flatMap((event) => (event.type === "nested-shell" ? [`${event.terminal} ${event.program}`] : []));
  for (const deadline = performance.now() + 30_000; found().length < wanted; await sleep(20))
    assert.ok(performance.now() < deadline, `only these were flagged: ${found().join(", ")}`);
  return found();
};

test("a terminal that a program makes inside ours is flagged, whatever the program is called", async () => {
  await using shell = await openTestTerminals();
  copyFileSync("/usr/bin/script", join(shell.home, "editor"));
  const viewer = shell.attach();
  viewer.input("./editor -q -c 'sleep 60' /dev/null\n");
  assert.deepEqual(await nestedIn(shell, 1), ["1 sleep"]);
});

test("a shell under another name is flagged by what it does", async () => {
  await using shell = await openTestTerminals();
  copyFileSync("/bin/bash", join(shell.home, "vim"));
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  viewer.input("./vim --norc\nsleep 60\n");
  assert.deepEqual(await nestedIn(shell, 1), ["1 vim"]);
});

test("what keeps the integration out from the beginning is flagged", async () => {
  await using shell = await openTestTerminals({ files: { ".bashrc": "PS1='> '; readonly PROMPT_COMMAND= PS0=\n" } });
  const viewer = shell.attach();
  await viewer.waitFor(/> $/);
  viewer.input(":\n:\n:\n");
  const lost = (): readonly string[] =>
    shell.events.flatMap((event) => (event.type === "integration-lost" ? [event.cause] : []));
  for (const deadline = performance.now() + 30_000; lost().length === 0; await sleep(20))
    assert.ok(performance.now() < deadline, "nothing was flagged");
  assert.match(lost()[0] ?? "", /lines were entered, and the shell has never reported$/);
});

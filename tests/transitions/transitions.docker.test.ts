import assert from "node:assert/strict";
import { test } from "node:test";
import { createAtelierCli, openWorkspace } from "@atelier/testkit";
import { containersOf, eventsOf, writeSwapWorkshop } from "./swap-workshop.ts";

const look = async (url: string, command: string): Promise<string> => {
  using terminal = await (await openWorkspace(url)).terminal();
  return await terminal.run(command, 20_000);
};

test("next brings files along, goto and reset start clean, undo leads back exactly, solve shows the step done", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps")).stdout.trim();
  await look(url, "echo mine > ~/notes");
  await atelier.succeed("next", "swaps", "one");
  assert.match(await look(url, "cd; cat notes made-by-one"), /mine\r\none/);
  assert.match((await atelier.succeed("goto", "swaps", "three")).stderr, /swaps is at three/);
  assert.match(await look(url, "cd; cat made-by-two notes"), /two\r\n.*No such file/);
  await atelier.succeed("undo", "swaps");
  assert.match(await look(url, "cd; ls"), /made-by-one\s+notes/);
  await look(url, "rm -r ~/made-by-one");
  await atelier.succeed("reset", "swaps", "two");
  assert.match(await look(url, "cd; cat made-by-one notes"), /one\r\n.*No such file/);
  await atelier.succeed("solve", "swaps", "two");
  assert.match(await look(url, "cat ~/made-by-two"), /two/);
  const { steps } = await (await openWorkspace(url)).workspace();
  assert.equal(steps.find(({ id }) => id === "two")?.state, "solved");
  assert.equal(containersOf(atelier).length, 1);
  const events = await eventsOf(atelier);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_event, index) => index + 1),
  );
  assert.deepEqual(
    events.flatMap(({ type, outcome }) => (type === "request-acknowledged" ? [outcome] : [])),
    Array(5).fill("done"),
  );
});

test("a next container that cannot start leaves the student where they are", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier, { broken: "two" });
  const url = (await atelier.succeed("run", "swaps", "--step", "two")).stdout.trim();
  const before = containersOf(atelier);
  await look(url, "echo mine > ~/notes");
  const failed = await atelier.run("next", "swaps", "two");
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /exit code 3|it cannot start/);
  assert.deepEqual(containersOf(atelier), before);
  assert.match(await look(url, "cat ~/notes"), /mine/);
});

test("an edited workshop takes the files along to the new build", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps", "--step", "two")).stdout.trim();
  await look(url, "echo mine > ~/notes");
  await atelier.write({
    "swaps/steps/one/step.yaml": "title: one\ncommands:\n  - run: echo new > ~/made-by-one\n    user: student\n",
  });
  const moved = await atelier.succeed("run", "swaps", "--on-edit", "move");
  assert.equal(moved.stdout.trim(), url);
  assert.match(await look(url, "cd; cat made-by-one notes"), /new\r\nmine/);
});

test("a program that runs in the foreground is named and asked for first, and ends only when that is confirmed", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps", "--step", "two")).stdout.trim();
  const before = containersOf(atelier);
  using terminal = await (await openWorkspace(url)).terminal();
  terminal.type("sh -c 'echo has begun; exec sleep 500'\n");
  await terminal.waitFor(/^has begun/m, 20_000);
  const asked = await atelier.run("reset", "swaps", "two");
  assert.notEqual(asked.code, 0);
  assert.match(asked.stderr, /Still running in your terminals: sleep\./);
  assert.deepEqual(containersOf(atelier), before);
  await atelier.succeed("reset", "swaps", "two", "--yes");
  assert.notDeepEqual(containersOf(atelier), before);
});

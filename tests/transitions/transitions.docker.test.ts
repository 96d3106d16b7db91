import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { replacedViewSchema } from "@atelier/contract";
import { type AtelierCli, createAtelierCli, openWorkspace } from "@atelier/testkit";
import { containersOf, eventsOf, killSupervisor, waitingOf, writeSwapWorkshop } from "./swap-workshop.ts";

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

test("what a step deletes is gone for everybody; a student's own version of it is shown and can be taken back", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  await atelier.write({
    "swaps/steps/one/step.yaml":
      "title: one\ncommands:\n  - run: cd; mkdir notes; for f in edited as-it-was removed notes/deep; do echo the step > $f; done\n    user: student\n",
    "swaps/steps/two/step.yaml":
      "title: two\ncommands:\n  - run: cd; rm -r edited as-it-was removed notes\n    user: student\n",
  });
  const url = (await atelier.succeed("run", "swaps", "--step", "two")).stdout.trim();
  await look(url, "cd; echo mine > edited; rm removed; echo beside > notes/own");
  await atelier.succeed("next", "swaps", "two");
  const client = await openWorkspace(url);
  // What only the student made comes along, and the folder it needs with it.
  assert.match(await look(url, "cd; find -not -name '.*' -printf '%P\\n' | sort"), /\rnotes\r\nnotes\/own\r\n/);
  assert.match(await look(url, "cat ~/edited ~/as-it-was ~/removed"), /(No such file[\s\S]*){3}/);
  const { units } = replacedViewSchema.parse(JSON.parse((await client.get("/api/replaced")).text));
  assert.deepEqual(
    units.map(({ unit, mine, files }) => [unit, mine, files[0]?.mine, files[0]?.image]),
    [["/home/student/edited", "changed", "text", "absent"]],
  );
  assert.equal((await client.post("/api/replaced", { unit: "/home/student/edited" })).status, 200);
  assert.match(await look(url, "cat ~/edited"), /^mine/m);
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

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8" }).trim();
/** What runs in a container, in the order it began; nothing when it does not run. */
const programsOf = (id: string): readonly string[] => {
  try {
    return docker("top", id, "-eo", "pid,args")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[1]?.split("/").at(-1) ?? "");
  } catch {
    return [];
  }
};
/** Of the server in it. */
const environmentOf = (id: string): string =>
  docker(
    "exec",
    id,
    "/bin/sh",
    "-c",
    'for p in /proc/[0-9]*; do case $(readlink $p/exe) in */node) tr "\\0" "\\n" < $p/environ | sort; break;; esac; done',
  );
const oneWaits = async (atelier: AtelierCli, not?: string): Promise<string> => {
  for (const end = performance.now() + 30_000; ; await sleep(50)) {
    const [id, ...more] = waitingOf(atelier);
    if (id !== undefined && id !== not && more.length === 0 && programsOf(id).includes("dash")) return id;
    assert.ok(performance.now() < end, "no container waits for the next step");
  }
};

test("what waits for the next step is a shell alone; its server has the environment of any other and comes back", async () => {
  await using atelier = await createAtelierCli();
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps")).stdout.trim();
  const [one = ""] = containersOf(atelier);
  const first = environmentOf(one);
  assert.match(first, /^PATH=/m);
  const next = await oneWaits(atelier);
  assert.deepEqual(programsOf(next), ["tini", "dash"]);
  await atelier.succeed("next", "swaps", "one");
  assert.deepEqual(containersOf(atelier), [next]);
  assert.equal(environmentOf(next), first);
  assert.deepEqual(programsOf(next).slice(0, 2), ["tini", "node"]);

  // What the page asks about waits as well.
  const asked = await (await openWorkspace(url)).get("/api/leaving?kind=reset&step=two");
  assert.equal(asked.status, 200);
  await until(() => waitingOf(atelier).length === 2 && waitingOf(atelier).every((id) => programsOf(id).length === 2));
  const all = waitingOf(atelier);
  await atelier.succeed("reset", "swaps", "two");
  const [reset = ""] = containersOf(atelier);
  assert.ok(all.includes(reset), "the reset began in the one that waited for it");
  await until(() => waitingOf(atelier).length === 1 && !all.includes(waitingOf(atelier)[0] ?? ""));

  // Nobody gives an order on these ways.
  docker("stop", reset);
  docker("start", reset);
  assert.match(await untilAnswers(url, "cat ~/made-by-one"), /one/);
  await atelier.succeed("stop", "swaps");
  assert.deepEqual(waitingOf(atelier), []);
  await atelier.succeed("start", "swaps");
  assert.match(await look(url, "cat ~/made-by-one"), /one/);

  // It ends with whoever holds it, and the next supervisor clears it away.
  const orphan = await oneWaits(atelier);
  await killSupervisor(atelier);
  assert.equal(docker("wait", orphan), "1");
  await atelier.succeed("list");
  await oneWaits(atelier, orphan);
  assert.deepEqual(containersOf(atelier), [reset]);
});

const until = async (look: () => boolean): Promise<void> => {
  for (const end = performance.now() + 30_000; !look(); await sleep(50))
    assert.ok(performance.now() < end, `not within 30 s: ${String(look)}`);
};

const untilAnswers = async (url: string, command: string): Promise<string> => {
  for (const end = performance.now() + 30_000; ; await sleep(200))
    try {
      return await look(url, command);
    } catch (error) {
      if (performance.now() > end) throw error;
    }
};

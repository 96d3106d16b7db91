import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import type { BuildRecord } from "@atelier/domain";
import { openFakeMachine } from "./testing/open-fake-machine.ts";

test("a workspace starts, moves to the next step with its files, and its link stays", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const supervisor = await machine.supervisor();
  const { phase, boot } = await supervisor.start("demo");
  assert.deepEqual([phase, boot?.phase], ["running", "ready"]);
  await machine.ask("demo", "/files?path=/home/notes", { method: "POST", body: "mine" });
  const moved = await supervisor.transition("demo", { order: "request", request: { kind: "next" } });
  assert.deepEqual([moved.phase, moved.image, moved.step, moved.swapped], ["running", "one", "two", true]);
  assert.deepEqual(await machine.ask("demo", "/files"), {
    "/image/start": "start",
    "/image/one": "one",
    "/home/notes": "mine",
  });
  assert.equal(machine.engine.containers.size, 1, "the old one is gone");
  assert.deepEqual(machine.volumeOf("demo").violations, []);
  assert.deepEqual(
    machine.volumeOf("demo").events.map(({ type }) => type),
    [
      "server-started",
      "step-entered",
      "ready",
      "file-written",
      "request",
      "checkpoint",
      "released",
      "server-started",
      "restored",
      "step-entered",
      "ready",
      "request-acknowledged",
    ],
  );
});

test("one workspace that cannot be stopped keeps nobody from the others, and is tried less and less often", async () => {
  await using machine = await openFakeMachine();
  const lifecycle = { retainSeconds: 600, prewarm: "off" } as const;
  await machine.create("bad", { lifecycle: { ...lifecycle, ttlSeconds: 1 } });
  await machine.create("good", { lifecycle: { ...lifecycle, ttlSeconds: 3600 } });
  const first = await machine.supervisor();
  await first.start("bad");
  await first.start("good");
  await machine.killSupervisor();
  await sleep(1100);
  let tries = 0;
  machine.engine.onCall = (call) => {
    if (call !== "POST stop") return;
    tries++;
    throw new Error("the engine cannot stop it");
  };
  const supervisor = await machine.supervisor();
  assert.equal((await supervisor.health()).ready, true);
  assert.equal((await supervisor.transition("good", { order: "request", request: { kind: "next" } })).swapped, true);
  await sleep(2000);
  assert.ok(tries >= 2 && tries <= 5, `tried ${tries} times in 8 looks`);
  machine.engine.onCall = () => {};
  for (let waited = 0; waited < 100; waited++) {
    if ((await supervisor.workspaces()).find(({ name }) => name === "bad")?.phase === "stopped") break;
    await sleep(100);
  }
  assert.deepEqual((await supervisor.workspaces()).map(({ name, phase }) => [name, phase]).sort(), [
    ["bad", "stopped"],
    ["good", "running"],
  ]);
});

test("one workspace that takes long to be put in order lets the others be used meanwhile", async () => {
  await using machine = await openFakeMachine({ ATELIER_SUPERVISOR_FIRST_LOOK: "0.3" });
  await machine.create("slow");
  await machine.create("quick");
  const first = await machine.supervisor();
  await first.start("slow");
  await first.start("quick");
  machine.engine.faults = { one: { takeoverMs: 4000 } };
  const pid = machine.pid() ?? assert.fail();
  machine.volumeOf("slow").onEvent = (type) => type === "released" && process.kill(pid, "SIGKILL");
  await assert.rejects(first.transition("slow", { order: "request", request: { kind: "next" } }));
  machine.volumeOf("slow").onEvent = () => {};
  const supervisor = await machine.supervisor();
  const quick = await supervisor.transition("quick", { order: "request", request: { kind: "goto", step: "three" } });
  assert.equal(quick.image, "two");
  const isSlowReady = (): boolean => machine.volumeOf("slow").events.filter(({ type }) => type === "ready").length > 1;
  assert.equal(isSlowReady(), false, "it is still on its way");
  // An order for it waits its turn.
  assert.equal((await supervisor.start("slow")).image, "one");
  assert.equal(isSlowReady(), true);
  assert.deepEqual(machine.volumeOf("slow").violations, []);
});

test("a workspace whose services cannot be started is stopped, says why, and can be tried again", async () => {
  await using machine = await openFakeMachine({ PATH: "/nonexistent" });
  const plain = await machine.create("plain");
  const record = { ...machine.state.readRecord(plain.record), cluster: { onReset: "recreate" } } as BuildRecord;
  await machine.create("demo", { record: machine.state.saveRecord(record) });
  const supervisor = await machine.supervisor();
  for (let time = 0; time < 2; time++) {
    await assert.rejects(supervisor.start("demo"), { code: "k3d-missing", hint: /Install k3d/ });
    const views = await supervisor.workspaces();
    assert.equal(views.find(({ name }) => name === "demo")?.phase, "stopped");
  }
  const { status, text } = await machine.call(`http://demo.localhost:${supervisor.port}/`);
  assert.deepEqual([status, /is stopped/.test(text)], [503, true]);
});

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findSupervisor } from "@atelier/backend-docker";
import { openFakeMachine } from "../testing/open-fake-machine.ts";

test("however many commands start it at once, one supervisor runs", async () => {
  await using machine = await openFakeMachine();
  const all = await Promise.all(Array.from({ length: 5 }, () => machine.supervisor()));
  const pids = new Set(await Promise.all(all.map(async (client) => (await client.health()).pid)));
  assert.equal(pids.size, 1);
});

test("a killed one is replaced by the next command, at the same port, and nothing of it is in the way", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const first = await machine.supervisor();
  await first.start("demo");
  const pid = machine.pid();
  await machine.killSupervisor();
  assert.equal(existsSync(join(machine.state.path, "supervisor.sock")), true, "it left its socket");
  const again = await Promise.all([machine.supervisor(), machine.supervisor(), machine.supervisor()]);
  assert.equal(again[0].port, first.port);
  assert.notEqual(machine.pid(), pid);
  assert.deepEqual(
    (await again[0].workspaces()).map(({ name, phase }) => [name, phase]),
    [["demo", "running"]],
  );
  assert.equal((await machine.ask<{ container: string }>("demo", "/echo")).container, "f001");
  assert.deepEqual(
    readdirSync(machine.state.path).filter((name) => name.includes("takeover")),
    [],
  );
});

test("a newer CLI takes over from a running older one, which finishes first; an older CLI uses the newer one", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const running = await machine.supervisor();
  await running.start("demo");
  const pid = machine.pid();
  await machine.supervisor("0.0.9");
  assert.equal(machine.pid(), pid, "an older CLI changes nothing");
  const moving = running.transition("demo", { order: "request", request: { kind: "next" } });
  const [result] = await Promise.all([moving, machine.supervisor("0.2.0")]);
  assert.equal(result.image, "one", "what was under way was finished");
  assert.notEqual(machine.pid(), pid);
  assert.match(machine.log, /"event":"supervisor.ended","reason":"handed over"/);
  assert.equal((await machine.ask<{ image: string }>("demo", "/echo")).image, "one");
});

test("it ends by itself when nothing has run for a while", async () => {
  await using machine = await openFakeMachine({ ATELIER_SUPERVISOR_IDLE: "0.5" });
  await machine.create("demo");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  await new Promise((resolve) => setTimeout(resolve, 1200));
  assert.ok(await findSupervisor(machine.state.path), "it stays while a workspace runs");
  await supervisor.stop("demo");
  for (let waited = 0; machine.pid() !== undefined; waited += 20) {
    assert.ok(waited < 10_000, "it did not end");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match(machine.log, /"reason":"idle"/);
});

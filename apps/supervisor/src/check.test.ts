import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FakeMachine, openFakeMachine } from "./testing/open-fake-machine.ts";

const cli = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));

const runCli = (machine: FakeMachine, ...args: readonly string[]): Promise<{ code: number | null; text: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], {
      env: {
        ...process.env,
        ATELIER_STATE_DIR: machine.state.path,
        DOCKER_HOST: `unix://${join(machine.state.path, "../engine.sock")}`,
      },
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (data) => (text += data));
    child.once("close", (code) => resolve({ code, text }));
  });

test("a check goes over the supervisor's own line, which stays, also when a supervisor has to be started for it", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  const server = [...machine.engine.containers.values()][0]?.server;
  const before = server?.managers;
  assert.equal((await supervisor.check("demo", { step: "one" })).outcome, "failed");
  machine.engine.passed.add("one");
  assert.deepEqual(await runCli(machine, "check", "demo", "one"), {
    code: 0,
    text: "one: passed in 1 ms, by the check in the workspace's image.\n",
  });
  assert.equal(server?.managers, before, "nobody else connected");
  await machine.killSupervisor();
  // Without a step: the workspace is asked on which the student is, at its own address.
  const { code, text } = await runCli(machine, "check", "demo");
  assert.deepEqual([code, text], [0, "one: passed in 1 ms, by the check in the workspace's image.\n"]);
  await (await machine.supervisor()).stop("demo");
  await assert.rejects((await machine.supervisor()).check("demo", { step: "one" }), { code: "workspace-stopped" });
});

test("a check during which the container is replaced is made in the next one; when that is stopped, it says so", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  machine.engine.faults = { start: { checkMs: 60_000 } };
  machine.engine.passed.add("one");
  const check = supervisor.check("demo", { step: "one" });
  await supervisor.transition("demo", { order: "request", request: { kind: "goto", step: "two" } });
  assert.equal((await check).outcome, "passed");
  machine.engine.faults = { one: { checkMs: 60_000 } };
  const cut = assert.rejects(supervisor.check("demo", { step: "one" }), { code: "workspace-stopped" });
  await supervisor.stop("demo");
  await cut;
});

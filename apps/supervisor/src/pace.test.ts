import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { type FakeMachine, openFakeMachine } from "./testing/open-fake-machine.ts";

const slow = { CpuPeriod: 100_000, CpuQuota: 10_000 };
const free = { CpuPeriod: 100_000, CpuQuota: -1 };

const open = async (...names: readonly string[]): Promise<FakeMachine> => {
  const machine = await openFakeMachine();
  for (const name of names) {
    await machine.create(name);
    await (await machine.supervisor()).start(name);
  }
  return machine;
};
/** The student's container: what stands by or waits has another name. */
const of = (machine: FakeMachine, name: string) => {
  const all = [...machine.engine.containers.values()].filter(
    ({ labels, state }) => labels["dev.atelier.workspace"] === name && state === "running",
  );
  return all.find(({ server }) => server?.boot.phase === "ready") ?? assert.fail(`${name} does not run`);
};
const untilLimited = async (machine: FakeMachine, name: string, limits: unknown): Promise<void> => {
  for (let waited = 0; ; waited += 10) {
    const found = of(machine, name).limits;
    if (JSON.stringify(found) === JSON.stringify(limits)) return;
    if (waited > 10_000) assert.deepEqual(found, limits);
    await sleep(10);
  }
};

test("whoever writes too much is slowed down while others run here, is told so, and is as quick as before afterwards", async () => {
  await using machine = await open("demo", "other");
  of(machine, "demo").server?.writes(true);
  await untilLimited(machine, "demo", slow);
  const told = async (): Promise<readonly string[]> =>
    (await (await machine.supervisor()).workspaces()).flatMap(({ name, notices }) =>
      notices.map(({ code }) => `${name} ${code}`),
    );
  assert.deepEqual(await told(), ["demo slowed-down"]);
  assert.deepEqual(of(machine, "other").limits, {});
  of(machine, "demo").server?.writes(false);
  await untilLimited(machine, "demo", free);
  assert.deepEqual(await told(), []);
});

test("one that is alone is never slowed down", async () => {
  await using machine = await open("demo", "other");
  await (await machine.supervisor()).stop("other");
  of(machine, "demo").server?.writes(true);
  // The answer to what came later says that this was heard.
  await (await machine.supervisor()).transition("demo", { order: "request", request: { kind: "goto", step: "one" } });
  assert.deepEqual(of(machine, "demo").limits, {});
});

test("what is left by a move is saved at full speed, and the next container begins with it", async () => {
  await using machine = await open("demo", "other");
  of(machine, "demo").server?.writes(true);
  await untilLimited(machine, "demo", slow);
  const { id, limits } = of(machine, "demo");
  await (await machine.supervisor()).transition("demo", { order: "request", request: { kind: "reset", step: "one" } });
  assert.deepEqual(limits, free);
  assert.notEqual(of(machine, "demo").id, id);
  assert.deepEqual(of(machine, "demo").limits, {});
});

test("what a killed supervisor left slow is as quick as before with the next one", async () => {
  await using machine = await open("demo", "other");
  of(machine, "demo").server?.writes(true);
  await untilLimited(machine, "demo", slow);
  await machine.killSupervisor();
  assert.deepEqual(of(machine, "demo").limits, slow);
  await machine.supervisor();
  await untilLimited(machine, "demo", free);
});

test("a workspace with a limit of its own gets that one back", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo", { resources: { memoryBytes: 1, pids: 1, cpu: 1.5 } });
  await machine.create("other");
  for (const name of ["demo", "other"]) await (await machine.supervisor()).start(name);
  of(machine, "demo").server?.writes(true);
  await untilLimited(machine, "demo", { NanoCpus: 100_000_000 });
  of(machine, "demo").server?.writes(false);
  await untilLimited(machine, "demo", { NanoCpus: 1_500_000_000 });
});

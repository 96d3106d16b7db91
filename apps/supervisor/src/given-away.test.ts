import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { type FakeMachine, openFakeMachine } from "./testing/open-fake-machine.ts";
import { defaultLimits, type TransitionLimits } from "./transition/live.ts";
import { createLocalWorkspace, type LocalWorkspace } from "./workspace/local-workspace.ts";

const silent = { onPhase: () => {}, onBoot: () => {} };

/** A workspace without a supervisor: nothing looks at it but what it does by itself. */
const open = async (
  machine: FakeMachine,
  limits: Partial<TransitionLimits> = {},
): Promise<LocalWorkspace & AsyncDisposable> => {
  await machine.create("demo");
  const workspace = createLocalWorkspace({
    name: "demo",
    containers: machine.containers,
    state: machine.state,
    limits: { ...defaultLimits, ...limits },
    signal: AbortSignal.timeout(60_000),
    log: () => {},
    version: "0",
    now: Date.now,
    newId: randomUUID,
    hasNeighbours: () => false,
    wokeAt: () => undefined,
  });
  await workspace.start(silent);
  return Object.assign(workspace, { [Symbol.asyncDispose]: () => workspace.close() });
};
const states = (machine: FakeMachine) => [...machine.engine.containers.values()].map(({ id, state }) => [id, state]);

test("killed between the release and the stop: the next supervisor starts it anew, with everything in it", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  await machine.ask("demo", "/files?path=/home/a", { method: "POST", body: "1" });
  const pid = machine.pid() ?? assert.fail();
  const volume = machine.volumeOf("demo");
  volume.onEvent = (type) => type === "released" && process.kill(pid, "SIGKILL");
  await assert.rejects(supervisor.stop("demo"), { code: "supervisor-gone" });
  volume.onEvent = () => {};
  assert.equal(volume.holder, undefined);
  const next = await machine.supervisor();
  const { boot } = await next.start("demo");
  assert.equal(boot?.phase, "ready");
  const [[id] = []] = states(machine);
  assert.equal(volume.holder, id);
  assert.equal((await machine.ask<Record<string, string>>("demo", "/files"))["/home/a"], "1");
  assert.equal((await next.transition("demo", { order: "request", request: { kind: "next" } })).swapped, true);
  assert.deepEqual(volume.violations, []);
});

test("a release that ends after it was given up: the student goes on in the same container, at once", async () => {
  await using machine = await openFakeMachine();
  await using workspace = await open(machine, { releaseMs: 100 });
  machine.engine.faults = { start: { releaseMs: 600 } };
  const [[id] = []] = states(machine);
  await assert.rejects(workspace.transition({ order: "request", request: { kind: "next" } }, silent), {
    code: "transition-failed",
  });
  machine.engine.faults = {};
  const volume = machine.volumeOf("demo");
  const released = (): boolean => volume.events.some(({ type }) => type === "released");
  for (let waited = 0; waited < 200 && !(released() && volume.holder === id); waited++) await sleep(20);
  assert.ok(released());
  assert.equal(volume.holder, id);
  assert.deepEqual(states(machine), [[id, "running"]]);
  assert.equal((await workspace.transition({ order: "request", request: { kind: "next" } }, silent)).image, "one");
  assert.deepEqual(volume.violations, []);
});

test("a stop that the engine refuses is no start: the next look brings it to its end", async () => {
  await using machine = await openFakeMachine();
  await using workspace = await open(machine);
  let refusals = 1;
  machine.engine.onCall = (call) => {
    if (call === "POST stop" && refusals-- > 0) throw new Error("the engine is busy");
  };
  await assert.rejects(workspace.stop(silent), /the engine is busy/);
  assert.equal(workspace.view()?.phase, "stopping");
  await workspace.refresh();
  assert.equal(workspace.view()?.phase, "stopped");
  assert.deepEqual(
    states(machine).map(([, state]) => state),
    ["exited"],
  );
  await workspace.start(silent);
  assert.equal(workspace.view()?.phase, "running");
});

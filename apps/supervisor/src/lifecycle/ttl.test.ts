import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { type FakeMachine, openFakeMachine } from "../testing/open-fake-machine.ts";
import { defaultLimits, type TransitionLimits } from "../transition/live.ts";
import { createSleepWatch } from "./sleep-watch.ts";
import { createLocalWorkspace, type LocalWorkspace, type LocalWorkspaceOptions } from "../workspace/local-workspace.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const silent = { onPhase: () => {}, onBoot: () => {} };

/** A workspace with an hour to run and a clock that the test moves. */
const open = async (
  limits: Partial<TransitionLimits> = {},
): Promise<{
  readonly machine: FakeMachine;
  readonly workspace: LocalWorkspace;
  readonly clock: { now: number };
  /** The supervisor itself is awake; at every look at the workspace it is so anyway. */
  beat(): void;
  /** The same workspace, as the next supervisor sees it. */
  again(more?: Partial<LocalWorkspaceOptions>): LocalWorkspace;
  status(): Promise<{ deadline?: string | undefined; notices: { code: string }[] } | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}> => {
  const machine = await openFakeMachine();
  await machine.create("demo", { lifecycle: { ttlSeconds: 3600, retainSeconds: 7 * 86_400, prewarm: "off" } });
  const clock = { now: Date.parse("2026-05-04T08:00:00Z") };
  const watch = createSleepWatch(() => clock.now);
  const again = (more: Partial<LocalWorkspaceOptions> = {}): LocalWorkspace =>
    createLocalWorkspace({
      name: "demo",
      containers: machine.containers,
      state: machine.state,
      limits: { ...defaultLimits, ...limits },
      signal: AbortSignal.timeout(60_000),
      log: () => {},
      version: "0",
      now: () => clock.now,
      newId: randomUUID,
      hasNeighbours: () => false,
      wokeAt: () => {
        watch.beat();
        return watch.wokeAt;
      },
      ...more,
    });
  const workspace = again();
  await workspace.start(silent);
  return {
    machine,
    workspace,
    clock,
    beat: watch.beat,
    again,
    status: async () => {
      // What was sent is on its way.
      await sleep(20);
      return [...machine.engine.containers.values()][0]?.server?.status;
    },
    [Symbol.asyncDispose]: async () => {
      await workspace.close();
      await machine[Symbol.asyncDispose]();
    },
  };
};

test("its server is told the deadline, warned of the end, and it stops and stays", async () => {
  await using all = await open();
  const { workspace, clock, machine } = all;
  assert.deepEqual((await all.status())?.deadline, "2026-05-04T09:00:00.000Z");
  const steps = async (minutes: number): Promise<void> => {
    for (let passed = 0; passed < minutes; passed++) {
      clock.now += minute;
      await workspace.tick();
    }
  };
  await steps(49);
  assert.deepEqual((await all.status())?.notices, []);
  await steps(2);
  assert.deepEqual(
    (await all.status())?.notices.map(({ code }) => code),
    ["ttl-warning"],
  );
  const { deadline } = await workspace.extend(undefined);
  assert.equal(deadline, "2026-05-04T10:00:00.000Z");
  assert.deepEqual((await all.status())?.notices, []);
  await steps(68);
  assert.equal(workspace.view()?.phase, "running");
  await steps(2);
  assert.equal(workspace.view()?.phase, "stopped");
  assert.deepEqual(
    [...machine.engine.containers.values()].map(({ state }) => state),
    ["exited"],
  );
  await workspace.start(silent);
  assert.equal(workspace.view()?.deadline, new Date(clock.now + 60 * minute).toISOString(), "its time begins again");
});

test("after the machine slept past the end ten minutes remain, with a warning", async () => {
  await using all = await open();
  await all.workspace.tick();
  all.clock.now += 8 * 60 * minute;
  await all.workspace.tick();
  assert.equal(all.workspace.view()?.phase, "running");
  const status = await all.status();
  assert.equal(status?.deadline, new Date(all.clock.now + 10 * minute).toISOString());
  assert.deepEqual(
    status?.notices.map(({ code }) => code),
    ["ttl-after-sleep"],
  );
});

test("one that was not looked at for minutes, while the supervisor was awake, has slept over nothing", async () => {
  await using all = await open();
  await all.workspace.tick();
  for (let passed = 0; passed < 61; passed++) {
    all.clock.now += minute;
    all.beat();
  }
  await all.workspace.tick();
  assert.equal(all.workspace.view()?.phase, "stopped");
});

test("after the machine slept in the middle of a move ten minutes remain all the same", async () => {
  await using all = await open({ standbyMs: 300 });
  await all.workspace.tick();
  all.machine.engine.faults = { one: { hangs: true } };
  const moving = all.workspace.transition({ order: "request", request: { kind: "next" } }, silent);
  while (!all.workspace.isBusy) await sleep(5);
  all.clock.now += 8 * 60 * minute;
  await all.workspace.tick();
  await assert.rejects(moving, { code: "transition-failed" });
  all.clock.now += 5_000;
  await all.workspace.tick();
  assert.equal(all.workspace.view()?.phase, "running");
  assert.equal(all.workspace.view()?.deadline, new Date(all.clock.now + 10 * minute).toISOString());
});

test("a machine that slept past the end while no supervisor ran leaves ten minutes with the next one, and then it ends", async () => {
  await using all = await open();
  await all.workspace.tick();
  await all.workspace.close();
  all.clock.now += 8 * 60 * minute;
  const next = all.again({ sleptUnseen: true });
  await next.refresh();
  await next.tick();
  assert.equal(next.view()?.phase, "running");
  const end = all.clock.now + 10 * minute;
  const status = await all.status();
  assert.equal(status?.deadline, new Date(end).toISOString());
  assert.deepEqual(
    status?.notices.map(({ code }) => code),
    ["ttl-after-sleep"],
  );
  // Given once.
  while (all.clock.now < end) {
    assert.equal(next.view()?.deadline, new Date(end).toISOString());
    all.clock.now += minute;
    await next.tick();
  }
  assert.equal(next.view()?.phase, "stopped");
  await next.start(silent);
  assert.equal(next.view()?.deadline, new Date(all.clock.now + 60 * minute).toISOString());
  await next.tick();
  assert.equal(next.view()?.deadline, new Date(all.clock.now + 60 * minute).toISOString(), "its time is its own again");
  await next.close();
});

test("the next command after such a sleep finds it running, with ten minutes and a warning", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo", { lifecycle: { ttlSeconds: 2, retainSeconds: 3600, prewarm: "off" } });
  await (await machine.supervisor()).start("demo");
  while (machine.state.readAsleep() === undefined) await sleep(20);
  await machine.killSupervisor();
  // As if the machine had slept since: what the dead one wrote down is eight hours behind.
  machine.state.saveAsleep((machine.state.readAsleep() ?? 0) - 8 * 60 * minute);
  await sleep(2100);
  const before = Date.now();
  const [demo, ...others] = await (await machine.supervisor()).workspaces();
  assert.deepEqual([demo?.name, demo?.phase, others], ["demo", "running", []]);
  assert.deepEqual(
    demo?.notices.map(({ code }) => code),
    ["ttl-after-sleep"],
  );
  assert.ok(Date.parse(demo?.deadline ?? "") >= before + 10 * minute - 1000, `it ends at ${demo?.deadline}`);
});

test("a stopped one is announced a day before it goes, and then given up", async () => {
  await using all = await open();
  await all.workspace.stop(silent);
  // The engine's own clock says when it stopped.
  const stopped = Date.now();
  all.clock.now = stopped + 5 * day;
  assert.equal(await all.workspace.tick(), "kept");
  assert.deepEqual(all.workspace.view()?.notices, []);
  all.clock.now = stopped + 6.5 * day;
  assert.equal(await all.workspace.tick(), "kept");
  assert.deepEqual(
    all.workspace.view()?.notices.map(({ code }) => code),
    ["deletion-announced"],
  );
  // A day from when it was said, however late that was.
  assert.equal(all.workspace.view()?.retainUntil, new Date(stopped + 7.5 * day).toISOString());
  const answers = async (minutes: number): Promise<readonly string[]> => {
    const given: string[] = [];
    for (let passed = 0; passed < minutes; passed++) {
      given.push(await all.workspace.tick());
      all.clock.now += minute;
    }
    return [...new Set(given)];
  };
  all.clock.now = stopped + 7.5 * day + minute;
  assert.deepEqual(await answers(5), ["kept"], "whoever wakes the machine has five minutes");
  assert.equal(await all.workspace.tick(), "delete");
});

test("what was to go while no supervisor ran is announced by the next one, and deleted by none in its first minutes", async () => {
  await using all = await open();
  await all.workspace.stop(silent);
  const stopped = Date.now();
  all.clock.now = stopped + 8 * day;
  const first = all.again();
  await first.refresh();
  assert.equal(await first.tick(), "kept");
  assert.equal(first.view()?.retainUntil, new Date(stopped + 9 * day).toISOString());
  await first.close();
  all.clock.now = stopped + 10 * day;
  const second = all.again();
  await second.refresh();
  assert.equal(await second.tick(), "kept");
  await second.start(silent);
  assert.equal(second.view()?.phase, "running", "who comes back for it has it");
  await second.close();
});

test("an end that passed while no supervisor ran is kept by the next command", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo", { lifecycle: { ttlSeconds: 2, retainSeconds: 3600, prewarm: "off" } });
  await (await machine.supervisor()).start("demo");
  await machine.killSupervisor();
  await sleep(2100);
  assert.equal([...machine.engine.containers.values()][0]?.state, "running");
  const supervisor = await machine.supervisor();
  const phases = async () => (await supervisor.workspaces()).map(({ name, phase }) => `${name} ${phase}`).join();
  // It is ready before all is put in order.
  for (let waited = 0; (await phases()) === "demo stopping" && waited < 30_000; waited += 20) await sleep(20);
  assert.equal(await phases(), "demo stopped");
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { createSupervisorClient } from "@atelier/backend-docker";
import { startSupervisor } from "./supervisor.ts";
import { openFakeMachine } from "./testing/open-fake-machine.ts";
import { defaultLimits } from "./transition/live.ts";

test("a look that began before a lost container was made again does not give the workspace a second owner", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  let looks = 0;
  /** Of the next look at all: it has seen what there is, and is about to judge it. */
  let held: { readonly hasSeen: PromiseWithResolvers<void>; readonly goOn: Promise<void> } | undefined;
  const ending = new AbortController();
  const supervisor = await startSupervisor({
    state: machine.state,
    containers: {
      ...machine.containers,
      list: async (name) => {
        if (name !== undefined) return machine.containers.list(name);
        looks++;
        const holding = held;
        held = undefined;
        const found = await machine.containers.list();
        holding?.hasSeen.resolve();
        await holding?.goOn;
        return found;
      },
    },
    limits: defaultLimits,
    removeWorkspace: () => assert.fail("nothing is to be removed"),
    changes: async function* () {
      await new Promise<void>((resolve) => ending.signal.addEventListener("abort", () => resolve()));
    },
    token: "token",
    version: "0",
    pid: process.pid,
    idleMs: 60_000,
    tickMs: 20,
    firstLookMs: 1000,
    now: Date.now,
    asleepMs: () => 0,
    newId: randomUUID,
    log: () => {},
    isOurs: () => true,
  });
  try {
    const client = createSupervisorClient({
      v: 1,
      pid: process.pid,
      port: supervisor.port,
      token: "token",
      version: "0",
      startedAt: "",
    });
    await client.start("demo");
    const { promise: goOn, resolve: go } = Promise.withResolvers<void>();
    const hasSeen = Promise.withResolvers<void>();
    for (const { id } of machine.engine.containers.values()) machine.engine.remove(id);
    held = { hasSeen, goOn };
    await hasSeen.promise;
    await client.start("demo");
    go();
    const judged = looks;
    for (let waited = 0; looks < judged + 5; waited++) {
      assert.ok(waited < 500, "nobody looks any more");
      await sleep(20);
    }
    const [only, ...others] = [...machine.engine.containers.values()];
    assert.deepEqual([others.length, only?.server?.managers], [0, 1]);
    const moved = await client.transition("demo", { order: "request", request: { kind: "next" } });
    assert.equal(moved.image, "one");
  } finally {
    ending.abort();
    await supervisor.close();
  }
});

test("a number that a leftover still has is passed over, and anything else that is refused is told", async () => {
  await using machine = await openFakeMachine();
  const settings = await machine.create("demo");
  const next = { settings, generation: 2, transition: { kind: "next", restore: { kind: "carry-over" } } } as const;
  const made = [await machine.containers.createNext(next), await machine.containers.createNext(next)];
  assert.deepEqual(
    made.map(({ generation }) => generation),
    [2, 3],
  );
  assert.deepEqual(
    (await machine.containers.list("demo")).map(({ generation, claim }) => [generation, claim === undefined]),
    [
      [1, false],
      [2, true],
      [3, true],
    ],
  );
  machine.engine.onCall = (call) => {
    if (call === "POST containers") throw new Error("no space left on device");
  };
  await assert.rejects(machine.containers.createNext(next), /no space left on device/);
});

test("next keeps the container: one that is lost later begins on the image of the step before, with the work carried over", async () => {
  await using machine = await openFakeMachine({}, { next: "keep" });
  await machine.create("demo");
  await (await machine.supervisor()).start("demo");
  await machine.ask("demo", "/files?path=/home/a", { method: "POST", body: "1" });
  const goOn = async (): Promise<unknown> =>
    (await (await machine.supervisor()).transition("demo", { order: "request", request: { kind: "next" } })).swapped;
  assert.deepEqual([await goOn(), await goOn()], [false, false]);
  // Who looks after it next meets the same container, whose labels know nothing of that.
  await machine.killSupervisor();
  const supervisor = await machine.supervisor();
  await supervisor.stop("demo");
  for (const { id } of machine.engine.containers.values()) machine.engine.remove(id);
  const again = await supervisor.start("demo");
  assert.deepEqual([again.image, again.step], ["two", "three"]);
  assert.deepEqual(await machine.ask("demo", "/files"), {
    "/image/start": "start",
    "/image/one": "one",
    "/image/two": "two",
    "/home/a": "1",
  });
});

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

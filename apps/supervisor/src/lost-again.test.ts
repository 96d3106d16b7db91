import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import type { SupervisorClient } from "@atelier/backend-docker";
import { type FakeMachine, openFakeMachine } from "./testing/open-fake-machine.ts";
import { startHere } from "./testing/start-here.ts";

/** A supervisor whose looks at all can be counted and held. */
const openLooking = async (machine: FakeMachine) => {
  let looks = 0;
  /** Of the next look at all: it has seen what there is, and is about to judge it. */
  let held: { readonly hasSeen: PromiseWithResolvers<void>; readonly goOn: Promise<void> } | undefined;
  const supervisor = await startHere(machine, {
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
  });
  return {
    client: supervisor.client,
    hold: (next: typeof held): void => {
      held = next;
    },
    /** Until it has looked so many times more. */
    look: async (times: number): Promise<void> => {
      const before = looks;
      for (let waited = 0; looks < before + times; waited++) {
        assert.ok(waited < 500, "nobody looks any more");
        await sleep(20);
      }
    },
    [Symbol.asyncDispose]: () => supervisor[Symbol.asyncDispose](),
  };
};

const loseAll = ({ engine }: FakeMachine): void => {
  for (const { id } of engine.containers.values()) engine.remove(id);
};

/** One container, one who looks after it, and what is asked of it is done. */
const mustHaveOneOwner = async (machine: FakeMachine, client: SupervisorClient): Promise<void> => {
  const [only, ...others] = [...machine.engine.containers.values()];
  assert.deepEqual([others.length, only?.server?.managers], [0, 1]);
  const moved = await client.transition("demo", { order: "request", request: { kind: "next" } });
  assert.equal(moved.image, "one");
};

test("a look that began before a lost container was made again does not give the workspace a second owner", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  await using supervisor = await openLooking(machine);
  await supervisor.client.start("demo");
  const { promise: goOn, resolve: go } = Promise.withResolvers<void>();
  const hasSeen = Promise.withResolvers<void>();
  loseAll(machine);
  supervisor.hold({ hasSeen, goOn });
  await hasSeen.promise;
  await supervisor.client.start("demo");
  go();
  await supervisor.look(5);
  await mustHaveOneOwner(machine, supervisor.client);
});

test("a workspace that was given up with its container does not come back for the one that is made again", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  await using supervisor = await openLooking(machine);
  await supervisor.client.start("demo");
  loseAll(machine);
  // The first of them may have begun before; when the third begins, the second is over and has given it up.
  await supervisor.look(3);
  await supervisor.client.start("demo");
  // Its line broke with the container; by now it would have tried to open it again.
  await sleep(1000);
  await mustHaveOneOwner(machine, supervisor.client);
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
  assert.deepEqual([again.image, again.step, again.madeAgain], ["two", "three", true]);
  assert.equal((await supervisor.start("demo")).madeAgain, undefined);
  assert.deepEqual(await machine.ask("demo", "/files"), {
    "/image/start": "start",
    "/image/one": "one",
    "/image/two": "two",
    "/home/a": "1",
  });
});

for (const isKilled of [false, true])
  test(`undo leads back although the container that knew of the move is lost${isKilled ? ", also when nobody but the server's record knows of it" : ""}`, async () => {
    await using machine = await openFakeMachine();
    await machine.create("demo");
    const supervisor = await machine.supervisor();
    await supervisor.start("demo");
    await machine.ask("demo", "/files?path=/home/a", { method: "POST", body: "1" });
    await supervisor.transition("demo", { order: "request", request: { kind: "solve", step: "two" } });
    loseAll(machine);
    await supervisor.start("demo");
    const volume = machine.volumeOf("demo");
    if (isKilled) volume.onEvent = (type) => type === "request" && process.kill(machine.pid() ?? 0, "SIGKILL");
    const asked = supervisor.transition("demo", { order: "request", request: { kind: "undo" } });
    if (isKilled) {
      await assert.rejects(asked);
      volume.onEvent = () => {};
      await machine.killSupervisor();
      await machine.supervisor();
      for (let waited = 0; volume.outstanding().size > 0; waited++) {
        assert.ok(waited < 500, "nobody answers the request");
        await sleep(20);
      }
    } else assert.equal((await asked).image, "start");
    assert.deepEqual(
      volume.events.flatMap(({ type, detail }) => (type === "request-acknowledged" ? [detail["outcome"]] : [])),
      ["done", "done"],
    );
    assert.deepEqual(await machine.ask("demo", "/files"), { "/image/start": "start", "/home/a": "1" });
  });

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import type { NewRequest, OperationResult } from "@atelier/contract";
import { type FakeMachine, openFakeMachine } from "./testing/open-fake-machine.ts";

const open = async (more: Parameters<FakeMachine["create"]>[1] = {}): Promise<FakeMachine> => {
  const machine = await openFakeMachine();
  await machine.create("demo", more);
  await (await machine.supervisor()).start("demo");
  return machine;
};
const request = async (machine: FakeMachine, wanted: NewRequest): Promise<OperationResult> =>
  (await machine.supervisor()).transition("demo", { order: "request", request: wanted });
const write = (machine: FakeMachine, path: string, text: string): Promise<unknown> =>
  machine.ask("demo", `/files?path=${path}`, { method: "POST", body: text });
const files = (machine: FakeMachine): Promise<Record<string, string>> => machine.ask("demo", "/files");
const until = async (look: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  for (let waited = 0; !(await look()); waited += 10) {
    if (waited > 10_000) assert.fail(`not within 10 s: ${what}`);
    await sleep(10);
  }
};
const only = (machine: FakeMachine) => {
  const all = [...machine.engine.containers.values()];
  assert.equal(all.length, 1, "there is one container");
  return all[0] as (typeof all)[number];
};

test("goto and reset start clean, undo brings back exactly what was left, solve shows the step done", async () => {
  await using machine = await open();
  await write(machine, "/home/a", "1");
  assert.equal((await request(machine, { kind: "goto", step: "three" })).image, "two");
  assert.deepEqual(await files(machine), { "/image/start": "start", "/image/one": "one", "/image/two": "two" });
  assert.equal((await request(machine, { kind: "undo" })).image, "start");
  assert.deepEqual(await files(machine), { "/image/start": "start", "/home/a": "1" });
  const before = only(machine).id;
  const reset = await request(machine, { kind: "reset", step: "one" });
  assert.deepEqual([reset.image, reset.step, reset.swapped], ["start", "one", true]);
  assert.notEqual(only(machine).id, before, "a reset replaces the container of the same image too");
  assert.deepEqual(await files(machine), { "/image/start": "start" });
  const solved = await request(machine, { kind: "solve", step: "two" });
  assert.deepEqual([solved.image, solved.step], ["two", "two"]);
});

test("a command that comes in the middle of a move is carried out after it", async () => {
  await using machine = await open();
  machine.engine.faults = { two: { takeoverMs: 300 } };
  const released = new Promise<void>((resolve) => {
    machine.volumeOf("demo").onEvent = (type) => type === "released" && resolve();
  });
  const first = request(machine, { kind: "goto", step: "three" });
  await released;
  assert.equal((await request(machine, { kind: "solve", step: "four" })).image, "four");
  assert.equal((await first).swapped, true);
  assert.equal(only(machine).image, "four");
});

test("next and goto to the image that runs already swap nothing, and the step is entered", async () => {
  await using machine = await open();
  const { id } = only(machine);
  const moved = await request(machine, { kind: "goto", step: "one" });
  assert.deepEqual([moved.swapped, only(machine).id], [false, id]);
  await request(machine, { kind: "solve", step: "one" });
  const solved = only(machine).id;
  assert.equal((await request(machine, { kind: "next", step: "one" })).swapped, false);
  assert.equal(only(machine).id, solved);
  assert.equal((await machine.ask<{ currentStep: string }>("demo", "/api/workspace")).currentStep, "two");
});

test("a standby that fails, or an old one that does not release, leaves the student where they are, and says why", async () => {
  await using machine = await open();
  const { id } = only(machine);
  await write(machine, "/home/a", "1");
  machine.engine.faults = { one: { standby: "onStart command 2 failed with exit code 3" } };
  await assert.rejects(request(machine, { kind: "next" }), { message: /onStart command 2 failed with exit code 3/ });
  machine.engine.faults = { one: { release: "the disk is full" }, start: { release: "the disk is full" } };
  await assert.rejects(request(machine, { kind: "next" }), { message: /the disk is full/ });
  assert.equal(only(machine).id, id);
  assert.equal((await files(machine))["/home/a"], "1");
  const { events, holder } = machine.volumeOf("demo");
  assert.equal(holder, id);
  assert.deepEqual(
    events.flatMap(({ type, detail }) => (type === "request-acknowledged" ? [detail["outcome"]] : [])),
    ["failed", "failed"],
  );
  machine.engine.faults = {};
  assert.equal((await request(machine, { kind: "next" })).image, "one");
});

test("one that fails after the release: a fresh container on the old image has the files exactly", async () => {
  await using machine = await open();
  const { id } = only(machine);
  await write(machine, "/home/a", "1");
  machine.engine.faults = { one: { takeover: "the checkpoint is damaged" } };
  await assert.rejects(request(machine, { kind: "next" }), {
    code: "transition-failed",
    message: /the checkpoint is damaged/,
  });
  assert.notEqual(only(machine).id, id);
  assert.deepEqual(await files(machine), { "/image/start": "start", "/home/a": "1" });
  assert.deepEqual(machine.volumeOf("demo").violations, []);
  machine.engine.faults = {};
  assert.equal((await request(machine, { kind: "next" })).image, "one");
  assert.equal((await files(machine))["/home/a"], "1");
});

test("who stands by when supervisor and old container are both gone in the middle of a move takes over, with the files", async () => {
  await using machine = await open();
  const { id } = only(machine);
  await write(machine, "/home/a", "1");
  const volume = machine.volumeOf("demo");
  volume.onEvent = (type) => type === "released" && process.kill(machine.pid() ?? 0, "SIGKILL");
  await assert.rejects(request(machine, { kind: "next" }), { code: "supervisor-gone" });
  volume.onEvent = () => {};
  await machine.killSupervisor();
  machine.engine.remove(id);
  await machine.supervisor();
  await until(() => volume.outstanding().size === 0, "the request is answered");
  assert.equal(only(machine).image, "one");
  assert.deepEqual(await files(machine), { "/image/start": "start", "/image/one": "one", "/home/a": "1" });
  assert.deepEqual(volume.violations, []);
});

test("prewarm: after a passed check the next container stands by, next takes it, anything else removes it", async () => {
  await using machine = await open({ lifecycle: { retainSeconds: 60, prewarm: "next" } });
  machine.engine.passed.add("one");
  only(machine).server?.checked("one");
  await until(() => machine.engine.containers.size === 2, "a second container");
  const prepared = [...machine.engine.containers.values()].at(-1);
  await until(() => prepared?.server?.boot.phase === "standby", "it stands by");
  await until(() => machine.log.includes("next.prepared"), "the supervisor knows");
  await request(machine, { kind: "next" });
  assert.equal(only(machine).id, prepared?.id);
  machine.engine.passed.add("two");
  only(machine).server?.checked("two");
  await until(() => machine.engine.containers.size === 2, "a second container");
  await machine.killSupervisor();
  await machine.supervisor();
  assert.equal(only(machine).id, prepared?.id, "one that nobody asked for goes with its supervisor");
  only(machine).server?.checked("two");
  await until(() => machine.log.match(/next.prepared/g)?.length === 2 || machine.engine.containers.size === 2, "again");
  await request(machine, { kind: "reset" });
  assert.equal(only(machine).image, "one");
  assert.deepEqual(machine.volumeOf("demo").violations, []);
});

const openWaiting = async (): Promise<FakeMachine> => {
  const machine = await openFakeMachine({ ATELIER_PREPARE_AFTER: "0" });
  await machine.create("demo", { lifecycle: { retainSeconds: 60, prewarm: "container" } });
  await (await machine.supervisor()).start("demo");
  return machine;
};
/** The container that waits, as soon as there is one for this image. */
const waiting = async (machine: FakeMachine, image: string) => {
  const look = () => [...machine.engine.containers.values()].find((one) => one.image === image && !one.server);
  // Nobody would end one that is started and not yet held.
  await until(() => look()?.state === "running" && look()?.isHeld === true, `a container of ${image} waits`);
  // Another one may be on its way out.
  await until(() => machine.engine.containers.size === 2, "there are two");
  return look() as NonNullable<ReturnType<typeof look>>;
};

test("the next step's container waits without a server; next begins there, and it takes part in nothing else", async () => {
  await using machine = await openWaiting();
  await write(machine, "/home/a", "1");
  const next = await waiting(machine, "one");
  assert.equal((await request(machine, { kind: "next" })).image, "one");
  assert.equal((await machine.ask<{ container: string }>("demo", "/echo")).container, next.id);
  assert.equal((await files(machine))["/home/a"], "1");
  const after = await waiting(machine, "two");
  // A reset is to another image: what waited goes, and something else waits.
  await request(machine, { kind: "reset" });
  assert.equal(machine.engine.containers.has(after.id), false);
  await waiting(machine, "two");
  // What was waiting once starts like any other: nobody is there to give it an order.
  const { id } = await waiting(machine, "two");
  await request(machine, { kind: "next" });
  await (await machine.supervisor()).stop("demo");
  assert.deepEqual([...machine.engine.containers.keys()], [id], "one that waits is not kept over a stop");
  await (await machine.supervisor()).start("demo");
  assert.equal((await machine.ask<{ container: string }>("demo", "/echo")).container, id);
  assert.deepEqual(machine.volumeOf("demo").violations, []);
});

test("what a student is being asked about waits as well, beside the next step, and only that move takes it", async () => {
  await using machine = await openWaiting();
  await waiting(machine, "one");
  const waitingOnes = () => [...machine.engine.containers.values()].filter(({ server }) => !server);
  const asked = async (image: string) => {
    await until(() => waitingOnes().some((one) => one.image === image && one.state === "running"), image);
    return waitingOnes().find((one) => one.image === image);
  };
  const server = () => [...machine.engine.containers.values()].find((one) => one.server)?.server;
  server()?.asks({ kind: "reset" });
  const reset = await asked("start");
  // They changed their minds: a goto leads to the same image, but its label says something else.
  assert.equal((await request(machine, { kind: "goto", step: "four" })).image, "three");
  assert.equal(machine.engine.containers.has(reset?.id ?? ""), false);
  await waiting(machine, "four");
  server()?.asks({ kind: "goto", step: "two" });
  const target = await asked("one");
  assert.equal(waitingOnes().length, 2);
  await request(machine, { kind: "goto", step: "two" });
  assert.equal((await machine.ask<{ container: string }>("demo", "/echo")).container, target?.id);
  await waiting(machine, "two");
  // The move that waits as the next one anyway needs no second container.
  server()?.asks({ kind: "next" });
  server()?.asks({ kind: "goto", step: "nowhere" });
  await sleep(200);
  assert.equal(waitingOnes().length, 1);
  assert.deepEqual(machine.volumeOf("demo").violations, []);
});

test("a container that ended while it waited costs nothing but its time", async () => {
  await using machine = await openWaiting();
  const lost = await waiting(machine, "one");
  machine.engine.kill(lost.id);
  assert.equal((await request(machine, { kind: "next" })).image, "one");
  assert.equal(machine.engine.containers.has(lost.id), false);
  const again = await waiting(machine, "two");
  await machine.killSupervisor();
  await until(() => machine.engine.containers.get(again.id)?.state === "exited", "it ends with its supervisor");
  await machine.supervisor();
  await until(() => !machine.engine.containers.has(again.id), "the next supervisor removes it");
  assert.deepEqual(machine.volumeOf("demo").violations, []);
});

test("a workspace whose own container is gone comes back from its volume, whatever waits beside it", async () => {
  await using machine = await openWaiting();
  await write(machine, "/home/a", "1");
  await request(machine, { kind: "reset" });
  await request(machine, { kind: "undo" });
  const next = await waiting(machine, "one");
  await machine.killSupervisor();
  for (const { id, server } of [...machine.engine.containers.values()]) if (server) machine.engine.remove(id);
  assert.deepEqual([...machine.engine.containers.keys()], [next.id]);
  await (await machine.supervisor()).start("demo");
  assert.equal((await machine.ask<{ currentStep: string }>("demo", "/api/workspace")).currentStep, "one");
  assert.equal(machine.engine.containers.has(next.id), false);
});

test("a request from the browser is executed, and answered once", async () => {
  await using machine = await open();
  const asked = await machine.ask<{ id: string }>("demo", "/api/requests", {
    method: "POST",
    body: JSON.stringify({ kind: "goto", step: "four" }),
  });
  await until(() => machine.volumeOf("demo").outstanding().size === 0, "an answer");
  // Whoever asked is answered before the old one is removed.
  await until(() => machine.engine.containers.size === 1, "there is one container");
  assert.equal(only(machine).image, "three");
  assert.equal(only(machine).name.endsWith(`.2.${asked.id}`), true, "the container's name says for whom it is");
});

test("stop, start, docker stop, docker start: the same link, files and step", async () => {
  await using machine = await open();
  await request(machine, { kind: "next" });
  await write(machine, "/home/a", "1");
  const port = machine.state.readPort();
  const supervisor = await machine.supervisor();
  assert.equal((await supervisor.stop("demo")).phase, "stopped");
  const page = await machine.call(`http://demo.localhost:${port}/`, { headers: { Accept: "text/html" } });
  assert.equal(page.status, 503);
  assert.match(page.text, /<code>atelier start demo<\/code>/);
  await supervisor.start("demo");
  assert.equal((await files(machine))["/home/a"], "1");
  machine.engine.stop(only(machine).id);
  await until(async () => (await machine.call(`http://demo.localhost:${port}/`)).status === 503, "it is noticed");
  await machine.engine.start(only(machine).id);
  await until(
    () =>
      files(machine).then(
        (all) => all["/home/a"] === "1",
        () => false,
      ),
    "it is configured again",
  );
  await machine.killSupervisor();
  machine.engine.kill(only(machine).id);
  await (await machine.supervisor()).start("demo");
  assert.deepEqual([(await files(machine))["/home/a"], machine.state.readPort()], ["1", port]);
});

test("remove takes everything, and the address says so", async () => {
  await using machine = await open();
  const supervisor = await machine.supervisor();
  await supervisor.remove("demo");
  assert.equal(machine.engine.containers.size, 0);
  const page = await machine.call(`http://demo.localhost:${machine.state.readPort()}/`, {
    headers: { Accept: "text/html" },
  });
  assert.equal(page.status, 404);
  assert.match(page.text, /There is no workspace “demo”/);
  await assert.rejects(supervisor.start("demo"), { code: "no-such-workspace" });
});

test("a workspace whose container somebody removed gets another, on the image where the student stood", async () => {
  await using machine = await open();
  await request(machine, { kind: "goto", step: "three" });
  await write(machine, "/home/a", "1");
  const supervisor = await machine.supervisor();
  await supervisor.stop("demo");
  machine.engine.remove(only(machine).id);
  await supervisor.start("demo");
  assert.equal(only(machine).image, "two");
  assert.equal((await files(machine))["/home/a"], "1");
  assert.equal((await request(machine, { kind: "next" })).step, "four");
});

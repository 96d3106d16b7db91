import assert from "node:assert/strict";
import { test } from "node:test";
import { openFakeMachine } from "../testing/open-fake-machine.ts";

test("whoever asks while a container is replaced waits for the next one, and no byte of what they send is lost", async () => {
  await using machine = await openFakeMachine();
  const settings = await machine.create("demo");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  const [old] = [...machine.engine.containers.values()];
  machine.engine.faults = { two: { takeoverMs: 1000 } };
  const released = new Promise<void>((resolve) => {
    machine.volumeOf("demo").onEvent = (type) => type === "released" && resolve();
  });
  const move = supervisor.transition("demo", { order: "request", request: { kind: "goto", step: "three" } });
  await released;
  // Nobody needs it any more, and nobody is led to the next one yet.
  machine.engine.kill(old?.id ?? "");
  const url = `http://demo.localhost:${supervisor.port}`;
  const headers = { Cookie: `atelier_fake=${machine.state.token(settings.id, "student")}` };
  const [read, written] = await Promise.all([
    machine.call(`${url}/echo`),
    machine.call(`${url}/files?path=/home/a`, { method: "POST", headers, body: "whole" }),
  ]);
  assert.deepEqual([read.status, (JSON.parse(read.text) as { image: string }).image], [200, "two"]);
  assert.deepEqual([written.status, (JSON.parse(written.text) as Record<string, string>)["/home/a"]], [200, "whole"]);
  assert.equal((await move).image, "two");
});

test("when nothing goes on, a workspace that does not answer says so at once", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  machine.engine.faults = { start: { mute: true } };
  const answer = await machine.call(`http://demo.localhost:${supervisor.port}/echo`);
  assert.deepEqual(
    [answer.status, JSON.parse(answer.text)],
    [
      502,
      {
        code: "workspace-silent",
        message: "The workspace “demo” does not answer right now",
        hint: "atelier logs demo",
        fields: [],
      },
    ],
  );
});

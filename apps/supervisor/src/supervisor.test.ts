import assert from "node:assert/strict";
import { test } from "node:test";
import { openFakeMachine } from "./testing/open-fake-machine.ts";

test("a workspace starts, moves to the next step with its files, and its link stays", async () => {
  await using machine = await openFakeMachine();
  await machine.create("demo");
  const supervisor = await machine.supervisor();
  const { phase, boot } = await supervisor.start("demo");
  assert.deepEqual([phase, boot?.phase], ["running", "ready"]);
  await machine.ask("demo", "/files?path=/home/notes", { method: "POST", body: "mine" });
  const moved = await supervisor.transition("demo", { order: "request", request: { kind: "next" } });
  assert.deepEqual([moved.phase, moved.image, moved.step, moved.swapped], ["running", "one", "two", true]);
  assert.deepEqual(await machine.ask("demo", "/files"), {
    "/image/start": "start",
    "/image/one": "one",
    "/home/notes": "mine",
  });
  assert.equal(machine.engine.containers.size, 1, "the old one is gone");
  assert.deepEqual(machine.volumeOf("demo").violations, []);
  assert.deepEqual(
    machine.volumeOf("demo").events.map(({ type }) => type),
    [
      "server-started",
      "step-entered",
      "ready",
      "file-written",
      "request",
      "checkpoint",
      "released",
      "server-started",
      "step-entered",
      "ready",
      "request-acknowledged",
    ],
  );
});

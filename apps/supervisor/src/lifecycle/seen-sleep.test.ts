import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { openFakeMachine } from "../testing/open-fake-machine.ts";
import { startHere } from "../testing/start-here.ts";

const minute = 60_000;

for (const { how, minutes, becomes } of [
  {
    how: "in which the machine slept past the end leaves ten minutes, with a warning",
    minutes: 8 * 60,
    becomes: "running",
  },
  { how: "that the supervisor saw pass minute by minute ends it", minutes: 1, becomes: "exited" },
] as const)
  test(`a whole supervisor: time ${how}`, async () => {
    await using machine = await openFakeMachine();
    await machine.create("demo", { lifecycle: { ttlSeconds: 3600, retainSeconds: 86_400, prewarm: "off" } });
    const clock = { now: Date.parse("2026-05-04T08:00:00Z") };
    let beats = 0;
    await using supervisor = await startHere(machine, {
      now: () => {
        beats++;
        return clock.now;
      },
    });
    await supervisor.client.start("demo");
    const container = [...machine.engine.containers.values()][0] ?? assert.fail();
    /** Until it has certainly asked for the time anew. */
    const seen = async (): Promise<void> => {
      const before = beats;
      for (let waited = 0; beats < before + 10; waited++) {
        assert.ok(waited < 500, "nobody asks for the time any more");
        await sleep(5);
      }
    };
    const end = clock.now + 8 * 60 * minute;
    while (clock.now < end && container.state === "running") {
      await seen();
      clock.now += minutes * minute;
    }
    await seen();
    if (becomes === "exited")
      for (let waited = 0; container.state !== becomes && waited < 500; waited++) await sleep(10);
    assert.equal(container.state, becomes);
    if (becomes === "exited") return;
    for (let waited = 0; container.server?.status?.notices.length !== 1; waited++) {
      assert.ok(waited < 500, "nothing is said of it");
      await sleep(10);
    }
    assert.deepEqual(
      [container.server.status.deadline, container.server.status.notices[0]?.code],
      [new Date(clock.now + 10 * minute).toISOString(), "ttl-after-sleep"],
    );
  });

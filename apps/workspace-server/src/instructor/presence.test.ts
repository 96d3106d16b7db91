import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createPresenceList, watcherCount } from "./presence.ts";

test("who comes is told at once; who goes for a moment, as a page that is loaded again, is not missed", async () => {
  const presence = createPresenceList();
  const told: number[] = [];
  const watchers = watcherCount(presence, () => told.push(watchers()));
  const leaveStudent = presence.enter("student");
  assert.deepEqual(told, []);
  const leave = presence.enter("instructor");
  assert.deepEqual([watchers(), told], [1, [1]]);
  leave();
  leave();
  const back = presence.enter("instructor");
  assert.deepEqual([watchers(), presence.read()], [1, { students: 1, instructors: 1 }]);
  back();
  assert.equal(watchers(), 1, "still there as far as the student knows");
  for (const deadline = performance.now() + 30_000; watchers() !== 0; await sleep(20))
    assert.ok(performance.now() < deadline);
  leaveStudent();
  assert.deepEqual([told, presence.read()], [[1, 0], { students: 0, instructors: 0 }]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { backOff, type Connection, nextConnection, notConnected, retryDelay } from "./connection-state.ts";

test("the wait doubles from half a second and stays within its bounds", () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map((attempt) => retryDelay(attempt, 0.5)),
    [500, 1000, 2000, 4000, 8000, 15000, 15000],
  );
  for (const random of [0, 0.25, 0.999])
    for (let attempt = 0; attempt < 100; attempt++) {
      const delay = retryDelay(attempt, random);
      assert.ok(delay >= backOff.firstMs && delay <= backOff.lastMs, `${attempt} ${random} ${delay}`);
    }
});

test("losing a connection waits longer each time until one has held for a while", () => {
  let state: Connection = notConnected;
  const lose = (now: number): void => {
    state = nextConnection(state, { type: "lost", now, random: 0.5 });
  };
  lose(0);
  assert.deepEqual(state, { phase: "waiting", attempt: 1, retryAt: 500 });
  state = nextConnection(state, { type: "retry" });
  lose(1000);
  assert.deepEqual(state, { phase: "waiting", attempt: 2, retryAt: 2000 });
  state = nextConnection(nextConnection(state, { type: "retry" }), { type: "opened", now: 3000 });
  lose(3100);
  assert.deepEqual(state, { phase: "waiting", attempt: 3, retryAt: 5100 }, "a moment is not steady");
  state = nextConnection(nextConnection(state, { type: "retry" }), { type: "opened", now: 6000 });
  lose(6000 + backOff.steadyMs);
  assert.deepEqual(state, { phase: "waiting", attempt: 1, retryAt: 11_500 });
});

test("a second loss while waiting does not push the retry away", () => {
  const waiting: Connection = { phase: "waiting", attempt: 2, retryAt: 900 };
  assert.equal(nextConnection(waiting, { type: "lost", now: 800, random: 0 }), waiting);
});

test("a refusal stays until somebody asks for another try; closed is the end", () => {
  const refused = nextConnection(notConnected, { type: "refused" });
  assert.equal(nextConnection(refused, { type: "lost", now: 1, random: 0 }), refused);
  assert.deepEqual(nextConnection(refused, { type: "retry" }), { phase: "connecting", attempt: 0 });
  const closed = nextConnection(refused, { type: "closed" });
  assert.equal(nextConnection(closed, { type: "opened", now: 1 }), closed);
});

test("a retry in the middle of a live connection changes nothing", () => {
  const live: Connection = { phase: "live", since: 1, attempt: 0 };
  assert.equal(nextConnection(live, { type: "retry" }), live);
});

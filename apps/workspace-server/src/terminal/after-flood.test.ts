import assert from "node:assert/strict";
import { test } from "node:test";
import { AfterFlood, collectGarbage } from "./after-flood.ts";

const MiB = 1024 * 1024;

test("garbage is collected once all is silent after a flood, and not before", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let collected = 0;
  const flood = new AfterFlood(() => collected++);
  for (let second = 0; second < 10; second++) {
    flood.output(MiB);
    t.mock.timers.tick(1000);
  }
  assert.equal(collected, 0);
  t.mock.timers.tick(500);
  assert.equal(collected, 1);
  t.mock.timers.tick(60_000);
  assert.equal(collected, 1);
});

test("typing and what is no flood leave it to V8", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const flood = new AfterFlood(() => assert.fail("collected"));
  for (let key = 0; key < 1000; key++) {
    flood.output(1000);
    t.mock.timers.tick(2000);
  }
});

test("a server that ends collects nothing", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const flood = new AfterFlood(() => assert.fail("collected"));
  flood.output(9 * MiB);
  flood.stop();
  t.mock.timers.tick(10_000);
});

test("what nobody holds is gone afterwards", () => {
  let garbage: object[] | undefined = Array.from({ length: 200_000 }, (_, number) => ({ number }));
  const before = process.memoryUsage().heapUsed;
  assert.equal(garbage.length, 200_000);
  garbage = undefined;
  collectGarbage();
  assert.ok(process.memoryUsage().heapUsed < before - 4 * MiB);
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { AppError } from "@atelier/domain";
import { type AutoCheckResult, startAutoChecks } from "./auto-checks.ts";

interface Scene extends Disposable {
  step: string | undefined;
  activeAt: number;
  busy: boolean;
  result: AutoCheckResult;
  /** Set: a check takes until it is called. */
  hold: boolean;
  readonly checked: string[];
  readonly errors: unknown[];
  readonly aborted: string[];
  finish(): void;
  fail(error: unknown): void;
  /** Moves the clock on, look by look. */
  pass(ms: number): Promise<void>;
  now: number;
}

const look = 100;

const open = (context: TestContext): Scene => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  let failing: unknown;
  const scene = {
    step: "one" as string | undefined,
    activeAt: 0,
    busy: false,
    result: { outcome: "failed", durationMs: 10, finding: "a" },
    hold: false,
    checked: [] as string[],
    errors: [] as unknown[],
    aborted: [] as string[],
    now: 1000,
    finish: () => settle?.resolve(),
    fail: (error: unknown) => {
      failing = error;
    },
    pass: async (ms: number) => {
      for (let passed = 0; passed < ms; passed += look) {
        scene.now += look;
        context.mock.timers.tick(look);
        await turn();
      }
    },
  };
  const auto = startAutoChecks({
    step: () => scene.step,
    check: async (step, signal) => {
      scene.checked.push(`${step} at ${scene.now}`);
      signal.addEventListener("abort", () => scene.aborted.push(step));
      if (scene.hold) await new Promise<void>((resolve, reject) => (settle = { resolve, reject }));
      if (failing !== undefined) throw failing;
      return scene.result;
    },
    activeAt: () => scene.activeAt,
    folders: [],
    isBusy: () => scene.busy,
    onError: (error) => scene.errors.push(error),
    now: () => scene.now,
    pace: { look, quiet: 1000, patience: 8000, pause: 3000, share: 10, postponed: 20_000, later: [5000] },
  });
  return Object.assign(scene, { [Symbol.dispose]: () => auto[Symbol.dispose]() });
};

/** Lets the look at the beginning of the step, and the one after it, go by. */
const settled = async (context: TestContext): Promise<Scene> => {
  const scene = open(context);
  await scene.pass(20_000);
  scene.checked.length = 0;
  return scene;
};

test("a step is looked at when it is reached, once more a while later, and then only after work", async (context) => {
  using scene = open(context);
  await scene.pass(30_000);
  assert.equal(scene.checked.length, 2);
  scene.step = undefined;
  await scene.pass(30_000);
  scene.step = "two";
  await scene.pass(2000);
  assert.equal(scene.checked.length, 3);
  assert.match(scene.checked.at(-1) ?? "", /^two/);
});

test("a check waits for a moment of quiet, and runs all the same when there is none", async (context) => {
  using scene = await settled(context);
  for (let round = 0; round < 6; round++) {
    scene.activeAt = scene.now + look;
    await scene.pass(500);
  }
  assert.deepEqual(scene.checked, [], "somebody types");
  await scene.pass(1000);
  assert.equal(scene.checked.length, 1);
  scene.checked.length = 0;
  for (let round = 0; round < 25; round++) {
    scene.activeAt = scene.now + look;
    await scene.pass(500);
  }
  assert.ok(scene.checked.length >= 1 && scene.checked.length <= 2, scene.checked.join());
});

test("never two at once, and a slow check leaves the machine nine tenths of the time", async (context) => {
  using scene = await settled(context);
  scene.hold = true;
  scene.activeAt = scene.now;
  await scene.pass(2000);
  assert.equal(scene.checked.length, 1);
  scene.activeAt = scene.now;
  await scene.pass(20_000);
  assert.equal(scene.checked.length, 1, "the first one has not ended");
  scene.hold = false;
  scene.result = { outcome: "failed", durationMs: 2000, finding: "b" };
  scene.finish();
  await scene.pass(15_000);
  assert.equal(scene.checked.length, 1, "2 s of work make 20 s of pause");
  await scene.pass(10_000);
  assert.equal(scene.checked.length, 2);
});

test("a busy machine is left alone, but not for ever", async (context) => {
  using scene = await settled(context);
  scene.busy = true;
  scene.activeAt = scene.now;
  await scene.pass(15_000);
  assert.deepEqual(scene.checked, []);
  await scene.pass(10_000);
  assert.equal(scene.checked.length, 1);
  scene.activeAt = scene.now;
  await scene.pass(5000);
  scene.busy = false;
  await scene.pass(2 * look);
  assert.equal(scene.checked.length, 2);
});

test("somebody else's check at the same moment is no failure, anything else is told and does not end it", async (context) => {
  using scene = await settled(context);
  scene.fail(new AppError("check-running", "x"));
  scene.activeAt = scene.now;
  await scene.pass(2000);
  assert.deepEqual([scene.checked.length, scene.errors], [1, []]);
  const broken = new Error("broken");
  scene.fail(broken);
  scene.activeAt = scene.now;
  await scene.pass(5000);
  assert.deepEqual(scene.errors, [broken]);
  scene.fail(undefined);
  scene.activeAt = scene.now;
  await scene.pass(5000);
  assert.equal(scene.checked.length, 3);
});

test("its end ends the check that runs, and nothing runs any more", async (context) => {
  const scene = await settled(context);
  scene.hold = true;
  scene.activeAt = scene.now;
  await scene.pass(2000);
  scene[Symbol.dispose]();
  assert.deepEqual([...new Set(scene.aborted)], ["one"]);
  scene.finish();
  scene.activeAt = scene.now;
  await scene.pass(30_000);
  assert.equal(scene.checked.length, 1);
  assert.deepEqual(scene.errors, []);
});

test("a file that changes is noticed without any terminal", async () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-auto-"));
  let checks = 0;
  const auto = startAutoChecks({
    step: () => "one",
    check: async () => ({ outcome: "failed", durationMs: 1, finding: String(++checks) }),
    activeAt: () => 0,
    folders: [folder, folder, join(folder, "not-there")],
    isBusy: () => false,
    onError: (error) => assert.fail(String(error)),
    now: () => performance.now(),
    pace: { look: 10, quiet: 20, pause: 30, later: [] },
  });
  const until = async (count: number): Promise<void> => {
    for (let waited = 0; checks < count; waited += 10) {
      assert.ok(waited < 30_000, `${checks} of ${count} checks`);
      await sleep(10);
    }
  };
  try {
    await until(1);
    await sleep(200);
    const before = checks;
    writeFileSync(join(folder, "made"), "x");
    await until(before + 1);
  } finally {
    auto[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  }
});

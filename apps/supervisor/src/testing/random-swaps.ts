import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { NewRequest } from "@atelier/contract";
import { isAppError } from "@atelier/domain";
import { createRandom } from "@atelier/testkit";
import { fakeSteps, type FakeMachine } from "./open-fake-machine.ts";

export interface RandomSwaps {
  readonly seed: number;
  readonly swaps: number;
  /** How many of them are hit by SIGKILL of the supervisor. */
  readonly kills: number;
}

/** Where a kill hits: right before the engine does something, or right after a server wrote something. */
const moments = [
  ...["POST create", "POST start", "POST exec", "POST rename", "DELETE containers"].map((call) => ({ call })),
  ...["request", "released", "server-started", "ready", "request-acknowledged"].map((event) => ({ event })),
] as readonly { readonly call?: string; readonly event?: string }[];

/** Random transitions, some of them cut by SIGKILL at a random moment, and after each one everything that must hold. */
export const runRandomSwaps = async (machine: FakeMachine, { seed, swaps, kills }: RandomSwaps): Promise<void> => {
  const random = createRandom(seed);
  await machine.create("demo", { lifecycle: { retainSeconds: 3600, prewarm: "container" } });
  await (await machine.supervisor()).start("demo");
  const volume = machine.volumeOf("demo");
  const doomed = new Set<number>();
  while (doomed.size < kills) doomed.add(random.below(swaps));

  for (let round = 0; round < swaps; round++) {
    const where = `seed ${seed}, swap ${round}`;
    const request = randomRequest(random);
    // Half of the moves find a container that waits, others come while it is made.
    if (random.below(2) === 0) await sleep(random.below(60));
    await machine.ask("demo", "/files?path=/home/round", { method: "POST", body: String(round) });
    const supervisor = await machine.supervisor();
    const moment = doomed.has(round) ? random.pick(moments) : {};
    let isHit = false;
    const strike =
      (wanted: string | undefined) =>
      (what: string): void => {
        if (isHit || what !== wanted) return;
        isHit = true;
        process.kill(machine.pid() ?? 0, "SIGKILL");
      };
    machine.engine.onCall = strike(moment.call);
    volume.onEvent = strike(moment.event);
    const moving = supervisor.transition("demo", { order: "request", request }).catch((error: unknown) => {
      // Undo of nothing is refused; a killed supervisor says nothing more.
      assert.ok(isAppError(error) && ["supervisor-gone", "refused"].includes(error.code), `${where}: ${String(error)}`);
    });
    await moving;
    machine.engine.onCall = () => {};
    volume.onEvent = () => {};
    // A request that swaps nothing may not come that far.
    if (doomed.has(round)) await machine.killSupervisor();
    await machine.supervisor();
    await untilQuiet(machine, where);
    assert.deepEqual(volume.violations, [], where);
    const all = [...machine.engine.containers.values()];
    assert.equal(all.filter(({ server }) => server !== undefined).length, 1, where);
    assert.ok(all.length <= 2, where);
    assert.deepEqual(
      volume.events.map(({ seq }) => seq),
      volume.events.map((_event, index) => index + 1),
      where,
    );
  }
  for (const event of ["swap.found-interrupted", "leftover.removed"])
    assert.ok(machine.log.includes(event), `seed ${seed}: no kill led to ${event}`);
  const answered = volume.events
    .filter(({ type }) => type === "request-acknowledged")
    .map(({ detail }) => detail["id"]);
  assert.equal(new Set(answered).size, answered.length, `seed ${seed}: a request was answered twice`);
};

const randomRequest = (random: ReturnType<typeof createRandom>): NewRequest => {
  const kind = random.pick(["next", "goto", "reset", "solve", "undo"] as const);
  return kind === "undo" ? { kind } : { kind, step: random.pick(fakeSteps) };
};

/** One container, ready, that the proxy leads to, and no request without its answer. */
const untilQuiet = async (machine: FakeMachine, where: string): Promise<void> => {
  const deadline = performance.now() + 15_000;
  for (;;) {
    // One that waits for the next move has no server.
    const running = [...machine.engine.containers.values()].filter(
      ({ waits, server }) => !waits || server !== undefined,
    );
    const [only] = running;
    const view = await machine.ask<{ container: string }>("demo", "/echo").catch(() => undefined);
    const isQuiet =
      running.length === 1 &&
      only?.server?.boot.phase === "ready" &&
      view?.container === only.id &&
      machine.volumeOf("demo").outstanding().size === 0;
    if (isQuiet) return;
    if (performance.now() > deadline)
      assert.fail(
        `${where}: not quiet: ${JSON.stringify(running.map(({ id, name, state, server }) => [id, name, state, server?.boot]))} holder ${machine.volumeOf("demo").holder}, outstanding ${machine.volumeOf("demo").outstanding().size}\n${machine.log.slice(-3000)}`,
      );
    await sleep(5);
  }
};

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { type AtelierCli, createRandom, openWorkspace } from "@atelier/testkit";
import { containersOf, eventsOf, halfMadeOf, waitingOf, killSupervisor, writeSwapWorkshop } from "./swap-workshop.ts";

export interface RandomSwaps {
  readonly seed: number;
  readonly swaps: number;
  readonly kills: number;
}

/** A swap on a real engine takes about this long; a kill hits any part of one. */
const killWithinMs = 1500;

/** Random transitions on real containers, some hit by SIGKILL of the supervisor, and what must hold after each. */
export const runRandomSwaps = async (atelier: AtelierCli, { seed, swaps, kills }: RandomSwaps): Promise<void> => {
  const random = createRandom(seed);
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps")).stdout.trim();
  const doomed = new Set<number>();
  while (doomed.size < kills) doomed.add(random.below(swaps));
  for (let round = 0; round < swaps; round++) {
    const where = `seed ${seed}, swap ${round}`;
    const kind = random.pick(["next", "goto", "reset", "solve", "undo"] as const);
    const args = kind === "undo" ? [kind, "swaps"] : [kind, "swaps", random.pick(["one", "two", "three"])];
    const moving = atelier.run(...args, "--yes");
    if (doomed.has(round)) {
      await sleep(random.below(killWithinMs));
      await killSupervisor(atelier).catch(() => undefined);
    }
    const { code, stderr } = await moving;
    if (!doomed.has(round)) assert.ok(code === 0 || /nothing to undo/.test(stderr), `${where}: ${args} said ${stderr}`);
    // The next command finds what was left and finishes it.
    await atelier.succeed("list");
    const client = await untilReady(url, where);
    assert.equal((await client.workspace()).boot.phase, "ready", where);
    const all = await untilSettled(atelier, where);
    assert.match(
      execFileSync("docker", ["inspect", "-f", "{{.State.Status}}", ...all], { encoding: "utf8" }),
      /running/,
    );
  }
  const events = await eventsOf(atelier);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    events.map((_event, index) => index + 1),
    `seed ${seed}: seq has a hole or a repeat, as two writers would leave`,
  );
  const ids = (type: string) => events.flatMap((event) => (event.type === type ? [event.id ?? ""] : []));
  assert.deepEqual(ids("request-acknowledged").toSorted(), ids("request").toSorted(), "each request is answered once");
};

/** A supervisor that was killed left its half-made containers; the next one clears them up while it serves. */
const untilSettled = async (atelier: AtelierCli, where: string): Promise<readonly string[]> => {
  for (const end = performance.now() + 30_000; ; await sleep(100)) {
    const all = containersOf(atelier);
    assert.notEqual(all.length, 0, `${where}: no container is left`);
    // One may wait for the next move; more are leftovers.
    if (all.length === 1 && halfMadeOf(atelier).length === 0 && waitingOf(atelier).length <= 1) return all;
    assert.ok(performance.now() < end, `${where}: ${all.length} containers`);
  }
};

const untilReady = async (url: string, where: string): Promise<Awaited<ReturnType<typeof openWorkspace>>> => {
  for (const end = performance.now() + 30_000; ; await sleep(50))
    try {
      const client = await openWorkspace(url);
      await client.workspace();
      return client;
    } catch (error) {
      if (performance.now() > end) throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
};

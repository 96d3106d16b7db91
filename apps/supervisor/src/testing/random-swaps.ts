import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isAppError } from "@atelier/domain";
import { createMovesModel, createRandom, type Move, type MovesModel, type Random } from "@atelier/testkit";
import type { FakeVolume } from "./fake-volume.ts";
import { fakeSteps, type FakeMachine } from "./open-fake-machine.ts";

export interface RandomSwaps {
  readonly seed: number;
  readonly swaps: number;
  /** How many of them are hit by SIGKILL of the supervisor. */
  readonly kills: number;
}

/**
 * Where a kill hits: right before the engine does something, or right after a server wrote something. In turn, the
 * first ones being those that leave most behind: few kills hit them as well.
 */
const moments: readonly { readonly call?: string; readonly event?: string }[] = [
  { event: "released" },
  { call: "POST start" },
  { event: "server-started" },
  { call: "POST rename" },
  { event: "ready" },
  { call: "DELETE containers" },
  { call: "POST containers" },
  { event: "request" },
  { event: "request-acknowledged" },
  { call: "POST exec" },
];

interface Pause {
  readonly end: (machine: FakeMachine, container: string) => Promise<unknown>;
  /** Begins with a file that nobody has saved; `never`: it is lost, so everything has to be saved. */
  readonly unsaved: "always" | "sometimes" | "never";
}

/** Ways in which a workspace ends and comes back between two moves. In turn: a few of them are all of them. */
const pauses: Readonly<Record<string, Pause>> = {
  "docker rm -f and start": {
    unsaved: "never",
    end: async (machine, container) => {
      machine.engine.remove(container);
      return (await machine.supervisor()).start("demo");
    },
  },
  "stop, docker rm and start": {
    unsaved: "always",
    end: async (machine, container) => {
      await (await machine.supervisor()).stop("demo");
      machine.engine.remove(container);
      return (await machine.supervisor()).start("demo");
    },
  },
  "docker kill and start": {
    unsaved: "always",
    end: async (machine, container) => {
      machine.engine.kill(container);
      return (await machine.supervisor()).start("demo");
    },
  },
  "stop and start": {
    unsaved: "sometimes",
    end: async (machine) => {
      await (await machine.supervisor()).stop("demo");
      return (await machine.supervisor()).start("demo");
    },
  },
  "docker stop and docker start": {
    unsaved: "sometimes",
    end: async ({ engine }, container) => {
      engine.stop(container);
      return engine.start(container);
    },
  },
};

/** Each in its turn, but for those that have to wait until everything is saved. */
const takeTurns = (): ((isSaved: boolean) => readonly [string, Pause]) => {
  const due: (readonly [string, Pause])[] = [];
  return (isSaved) => {
    const isPossible = ([, { unsaved }]: readonly [string, Pause]): boolean => isSaved || unsaved !== "never";
    if (!due.some(isPossible)) due.push(...Object.entries(pauses));
    const [next] = due.splice(due.findIndex(isPossible), 1);
    assert.ok(next);
    return next;
  };
};

/**
 * Random transitions, some of them cut by SIGKILL at a random moment, with ends and beginnings in between; after each
 * one everything that must hold, the student's files and every state that was saved included.
 */
export const runRandomSwaps = async (machine: FakeMachine, { seed, swaps, kills }: RandomSwaps): Promise<void> => {
  const random = createRandom(seed);
  await machine.create("demo", { lifecycle: { retainSeconds: 3600, prewarm: "container" } });
  await (await machine.supervisor()).start("demo");
  const volume = machine.volumeOf("demo");
  const model = createMovesModel(["start", ...fakeSteps]);
  const doomed = new Set<number>();
  while (doomed.size < kills) doomed.add(random.below(swaps));
  let struck = 0;
  /** Everything of the student's is on the volume, and not in the container's own layer only. */
  let isSaved = true;
  const nextPause = takeTurns();
  const write = async (text: string): Promise<void> => {
    const path = `/home/mark-${random.below(8)}`;
    model.write(path, text);
    isSaved = false;
    await machine.ask("demo", `/files?path=${path}`, { method: "POST", body: text });
  };

  for (let round = 0; round < swaps; round++) {
    const where = `seed ${seed}, swap ${round}`;
    if (random.chance(0.3)) {
      const [name, { end, unsaved }] = nextPause(isSaved);
      if (unsaved === "always" || (unsaved === "sometimes" && random.chance(0.5)))
        await write(`${round}, before an end`);
      const known = savedIds(volume);
      await end(machine, serving(machine).id);
      await untilQuiet(machine, `${where}, ${name}`);
      model.kept(savedIds(volume).filter((id) => !known.includes(id)));
      isSaved ||= name !== "docker kill and start";
      await mustHold(machine, model, `${where}, ${name}`);
    }
    const isDoomed = doomed.has(round);
    let what = randomMove(random, model);
    // A kill is worth most where something is under way.
    while (isDoomed && [undefined, model.here].includes(model.target(what))) what = randomMove(random, model);
    // Half of the moves find a container that waits, others come while it is made.
    if (random.below(2) === 0) await sleep(random.below(60));
    await write(String(round));
    const [asked, known] = [requestsOf(volume).length, savedIds(volume)];
    const moving = (await machine.supervisor())
      .transition("demo", { order: "request", request: what })
      .catch((error: unknown) => {
        // Undo of nothing is refused; a killed supervisor says nothing more.
        const codes = ["supervisor-gone", "refused"];
        assert.ok(isAppError(error) && codes.includes(error.code), `${where}: ${String(error)}`);
      });
    const lift = strikeAt(machine, (isDoomed && moments[struck++ % moments.length]) || {});
    await moving;
    lift();
    // A request that swaps nothing may not come that far.
    if (isDoomed) await machine.killSupervisor();
    await machine.supervisor();
    await untilQuiet(machine, where);

    const requests = requestsOf(volume).slice(asked);
    assert.ok(requests.length === 1 || (requests.length === 0 && isDoomed), `${where}: ${requests.length}`);
    const target = requests.length === 0 ? model.here : model.target(what);
    const outcomes = requests.flatMap((id) => answersTo(volume, id));
    assert.deepEqual(outcomes, requests.length === 0 ? [] : [target === undefined ? "refused" : "done"], where);
    const saved = savedIds(volume).filter((id) => !known.includes(id));
    if (target === undefined || target === model.here) model.kept(saved);
    else {
      model.left(target, saved);
      isSaved = true;
    }
    await mustHold(machine, model, where);
  }
  for (const event of ["swap.found-interrupted", "leftover.removed"])
    assert.ok(machine.log.includes(event), `seed ${seed}: no kill led to ${event}`);
};

const requestsOf = ({ events }: FakeVolume): readonly string[] =>
  events.flatMap(({ type, detail }) => (type === "request" ? [String(detail["id"])] : []));

const answersTo = ({ events }: FakeVolume, id: string): readonly string[] =>
  events.flatMap(({ type, detail }) =>
    type === "request-acknowledged" && detail["id"] === id ? [String(detail["outcome"])] : [],
  );

/** Oldest first. */
const savedIds = ({ checkpoints }: FakeVolume): readonly string[] => checkpoints.map(({ id }) => id).toReversed();

const serving = (machine: FakeMachine) => {
  const all = [...machine.engine.containers.values()].filter(({ server }) => server !== undefined);
  assert.equal(all.length, 1, "one container has a server");
  return all[0] as (typeof all)[number];
};

/** Two writers, a second container, a hole in the log, another image or another file than there should be: none of it. */
const mustHold = async (machine: FakeMachine, { here }: MovesModel, where: string): Promise<void> => {
  const volume = machine.volumeOf("demo");
  assert.deepEqual(volume.violations, [], where);
  assert.ok(machine.engine.containers.size <= 2, where);
  assert.deepEqual(
    volume.events.map(({ seq }) => seq),
    volume.events.map((_event, index) => index + 1),
    where,
  );
  const files = Object.entries(await machine.ask<Record<string, string>>("demo", "/files"));
  const mine = files.filter(([path]) => path.startsWith("/home/"));
  assert.deepEqual({ image: serving(machine).image, files: new Map(mine) }, here, where);
};

/** SIGKILL for the supervisor at that moment, once. Answers how to take that back. */
const strikeAt = (machine: FakeMachine, { call, event }: (typeof moments)[number]): (() => void) => {
  const volume = machine.volumeOf("demo");
  let isHit = false;
  const strike =
    (wanted: string | undefined) =>
    (what: string): void => {
      if (isHit || what !== wanted) return;
      isHit = true;
      process.kill(machine.pid() ?? 0, "SIGKILL");
    };
  machine.engine.onCall = strike(call);
  volume.onEvent = strike(event);
  return () => {
    machine.engine.onCall = () => {};
    volume.onEvent = () => {};
  };
};

const randomMove = (random: Random, model: MovesModel): Move => {
  const kind = random.pick(["next", "next", "goto", "reset", "solve", "undo", "restore"] as const);
  const saved = model.newest(20);
  if (kind === "undo" || (kind === "restore" && saved.length === 0)) return { kind: "undo" };
  return kind === "restore" ? { kind, checkpoint: random.pick(saved) } : { kind, step: random.pick(fakeSteps) };
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

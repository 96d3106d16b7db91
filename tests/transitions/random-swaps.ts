import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type AtelierCli,
  createMovesModel,
  createRandom,
  type Move,
  type MovesModel,
  type Random,
  type Standing,
} from "@atelier/testkit";
import { docker, untilQuiet } from "./look-at-workspace.ts";
import { pauses } from "./random-pauses.ts";
import { killSupervisor, swapSteps, writeSwapWorkshop } from "./swap-workshop.ts";

export interface RandomSwaps {
  readonly seed: number;
  readonly swaps: number;
  /** How many of the swaps, and of the pauses, are hit by SIGKILL of the supervisor. */
  readonly kills: number;
  /** How often the workspace ends and comes back in between. */
  readonly pauses: number;
  /** How many of the saved states, the oldest first, are brought back at the end. */
  readonly readBack: number;
}

/** A swap on a real engine takes about this long; a kill hits any part of one. */
const killWithinMs = 1500;
/** So many saved states are kept besides the automatic ones: `docs/manual/running.md`. */
const kept = 10;

/**
 * Random transitions and pauses on real containers, some hit by SIGKILL of the supervisor. After each one the
 * student's files are read back and held against a model of what must be there; every state that was saved is
 * looked for, and what it holds is looked at when undo or restore leads there.
 */
export const runRandomSwaps = async (atelier: AtelierCli, options: RandomSwaps): Promise<void> => {
  const past: string[] = [];
  await runThem(atelier, options, (line) => past.push(line)).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}\nwhat went before:\n${past.join("\n")}`, { cause: error });
  });
};

const runThem = async (atelier: AtelierCli, options: RandomSwaps, note: (line: string) => void): Promise<void> => {
  const { seed, swaps, kills } = options;
  const random = createRandom(seed);
  await writeSwapWorkshop(atelier);
  const url = (await atelier.succeed("run", "swaps")).stdout.trim();
  const model = createMovesModel(["start", ...swapSteps]);
  const doomed = chooseRounds(random, { of: swaps, count: kills });
  const paused = chooseRounds(random, { of: swaps, count: options.pauses });
  let quiet = await untilQuiet(atelier, url, "at first");
  const lookBack = async (where: string): Promise<readonly string[]> => {
    const before = quiet;
    quiet = await untilQuiet(atelier, url, where);
    const { events, saved } = quiet;
    // Two writers would leave a hole or a repeat.
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_event, index) => index + 1),
      `${where}: seq`,
    );
    assert.deepEqual(
      events.slice(0, before.events.length),
      before.events,
      `${where}: the log lost or changed an event`,
    );
    const fresh = saved.filter((id) => !before.saved.includes(id));
    const happened = events.slice(before.events.length).map(({ type }) => type);
    note(`${where}: ${happened.join(" ")}; new ${fresh.join(" ")}; has ${[...quiet.standing.files].join(" ")}`);
    return fresh;
  };
  const mustHold = (where: string): void => {
    const { standing, saved } = quiet;
    assert.deepEqual(standing, withStepFiles(model.here), where);
    assert.equal(docker("inspect", "-f", "{{.State.Status}}", quiet.container), "running", where);
    const lost = model.newest(kept).filter((id) => !saved.includes(id));
    assert.deepEqual(lost, [], `${where}: these checkpoints are lost`);
  };

  const move = async (what: Move, { where, isStruck }: { where: string; isStruck: boolean }): Promise<void> => {
    const target = model.target(what);
    const asked = quiet.events.filter(({ type }) => type === "request").length;
    const moving = atelier.run(...argumentsOf(what), "--yes");
    if (isStruck) await strike(atelier, random);
    const { code, stderr } = await moving;
    if (!isStruck) assert.equal(code === 0, target !== undefined, `${where}: ${stderr}`);
    if (!isStruck && target === undefined) assert.match(stderr, /nothing to undo/, where);
    // The next command finds what was left and finishes it.
    if (isStruck) await atelier.succeed("list");
    const saved = await lookBack(where);
    const requests = quiet.events.filter(({ type }) => type === "request").slice(asked);
    assert.ok(requests.length <= 1, `${where}: ${requests.length} requests came of one`);
    const answers = quiet.events.filter(({ type, id }) => type === "request-acknowledged" && id === requests[0]?.id);
    // A command that was cut off may never have asked.
    if (requests.length === 0) assert.ok(isStruck, `${where}: it was done without a request`);
    else
      assert.deepEqual(
        answers.map(({ outcome }) => outcome),
        [target === undefined ? "refused" : "done"],
        `${where}: answered once`,
      );
    if (requests.length === 0 || target === undefined || target === model.here) model.kept(saved);
    else model.left(target, saved);
    mustHold(where);
  };

  for (let round = 0; round < swaps; round++) {
    if (paused.has(round)) {
      const name = random.pick(Object.keys(pauses));
      const isStruck = random.chance(kills / swaps);
      const where = `seed ${seed}, round ${round}, ${name}${isStruck ? ", struck" : ""}`;
      const stop = async (): Promise<void> => {
        const stopping = atelier.run("stop", "swaps");
        if (isStruck) await strike(atelier, random);
        const { code, stderr } = await stopping;
        assert.ok(code === 0 || isStruck, `${where}: ${stderr}`);
      };
      await pauses[name]?.({ atelier, container: quiet.container, stop });
      model.kept(await lookBack(where));
      mustHold(where);
    }
    work(random, { model, round, container: quiet.container });
    const what = randomMove(random, model.newest(kept));
    const isStruck = doomed.has(round);
    const where = `seed ${seed}, round ${round}, ${argumentsOf(what).join(" ")}${isStruck ? ", struck" : ""}`;
    await move(what, { where, isStruck });
  }
  for (const checkpoint of model.newest(kept).slice(0, options.readBack))
    await move({ kind: "restore", checkpoint }, { where: `seed ${seed}, at the end, ${checkpoint}`, isStruck: false });
};

const chooseRounds = (random: Random, { of, count }: { of: number; count: number }): ReadonlySet<number> => {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.below(of));
  return chosen;
};

const strike = async (atelier: AtelierCli, random: Random): Promise<void> => {
  await sleep(random.below(killWithinMs));
  await killSupervisor(atelier).catch(() => undefined);
};

const argumentsOf = (move: Move): readonly string[] => {
  if (move.kind === "undo") return ["undo", "swaps"];
  return [move.kind, "swaps", move.kind === "restore" ? move.checkpoint : move.step];
};

const randomMove = (random: Random, saved: readonly string[]): Move => {
  const kind = random.pick(["next", "next", "goto", "reset", "solve", "undo", "restore"] as const);
  if (kind === "undo") return { kind };
  if (kind !== "restore") return { kind, step: random.pick(swapSteps) };
  return saved.length === 0 ? { kind: "undo" } : { kind, checkpoint: random.pick(saved) };
};

/** What every step up to the image left in the home comes with it; the student of this test touches none of it. */
const withStepFiles = ({ image, files }: Standing): Standing => {
  const made = swapSteps.slice(0, swapSteps.indexOf(image as (typeof swapSteps)[number]) + 1);
  return { image, files: new Map([...made.map((step) => [`made-by-${step}`, step] as const), ...files]) };
};

/** The student makes a file that nobody else has; now and then they edit or remove an older one as well. */
const work = (
  random: Random,
  { model, round, container }: { model: MovesModel; round: number; container: string },
): void => {
  const unique = (): string => `${round}-${random.below(2 ** 32).toString(36)}`;
  const older = [...model.here.files.keys()];
  const write = (path: string, text: string): string => {
    model.write(path, text);
    return `echo ${text} > ${path}`;
  };
  const remove = (path: string): string => {
    model.remove(path);
    return `rm ${path}`;
  };
  const script = ["cd /home/student", write(`mark-${round}`, unique())];
  const more = random.pick(["nothing", "edit", "remove"] as const);
  if (older.length > 0 && more === "edit") script.push(write(random.pick(older), unique()));
  if (older.length > 0 && more === "remove") script.push(remove(random.pick(older)));
  docker("exec", "-u", "student", container, "/bin/sh", "-c", script.join(" && "));
};

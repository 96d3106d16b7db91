import { setTimeout as sleep } from "node:timers/promises";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";
import { createContainers, type Engine } from "@atelier/backend-docker";
import { type BenchWorkspaces, openBenchWorkspaces } from "./bench-workspaces.ts";
import { childrenOf, commandOf, memoryOf, parentOf, processIds, serverBelow } from "./process-memory.ts";

const instances = 10;

/** Memory of an idle server, over ten of them that share their layers, from the kernel's own accounts. */
export default async (): Promise<readonly BenchRow[]> => {
  await using bench = await openBenchWorkspaces();
  const names = Array.from({ length: instances }, (_, index) => `memory-${index}`);
  for (const name of names) {
    await bench.create(name);
    await bench.workspaces.start(name, { onPhase: () => {}, onBoot: () => {}, signal: AbortSignal.timeout(60_000) });
  }
  // Let the start's garbage go and the idle timers settle.
  await sleep(10_000);
  const measured: { rss: number; pss: number }[] = [];
  for (const name of names) {
    const { containerId } = await bench.workspaces.find(name);
    const { State } = await bench.engine.inspectContainer(containerId ?? "");
    measured.push(memoryOf(serverBelow(State.Pid)));
  }
  const waiting = await waitingBeside(bench, names[0] ?? "");
  const rss = measured.map((one) => one.rss);
  const pss = measured.map((one) => one.pss);
  return [
    {
      name: `memory: idle server with a terminal, RSS (${instances})`,
      unit: "MiB",
      ours: median(rss),
      peer: null,
      ratio: null,
      goal: "≤ 80, aim 64",
      met: median(rss) <= 80,
      spread: spreadOf(rss),
    },
    {
      name: `memory: idle server with a terminal, PSS (${instances})`,
      unit: "MiB",
      ours: median(pss),
      peer: null,
      ratio: null,
      goal: "≤ 35, aim 24",
      met: median(pss) <= 35,
      spread: spreadOf(pss),
    },
    {
      name: "memory: the next step's container, waiting, PSS",
      unit: "MiB",
      ours: waiting.pss,
      peer: null,
      ratio: null,
      goal: "≤ 10: the engine's shim and proxy, tini and a shell",
      met: waiting.pss <= 10,
      spread: `RSS ${waiting.rss.toFixed(1)}`,
    },
  ];
};

/** Makes the container that waits for a workspace's next step, and adds up all the processes there are for it. */
const waitingBeside = async (
  { engine, state, workspaces }: BenchWorkspaces,
  name: string,
): Promise<{ readonly rss: number; readonly pss: number }> => {
  const { settings } = await workspaces.find(name);
  if (settings === undefined) throw new Error(`${name} has no settings`);
  const containers = createContainers({ engine, state });
  const { image, record } = settings;
  const container = await containers.createNext({
    settings,
    generation: 2,
    transition: { kind: "next", restore: { kind: "carry-over" }, from: { image, record } },
    waits: true,
  });
  const running = new AbortController();
  using gate = await containers.startWaiting(container, running.signal);
  await sleep(5000);
  if (!gate.isOpen) throw new Error("the container does not wait");
  const { State } = await engine.inspectContainer(container.id);
  const all = [
    parentOf(State.Pid),
    State.Pid,
    ...childrenOf(State.Pid),
    ...(await proxiesOf(engine, container.id)),
  ].map(memoryOf);
  await containers.remove(container);
  return { rss: sum(all.map(({ rss }) => rss)), pss: sum(all.map(({ pss }) => pss)) };
};

/** Of the container's published port; none where the engine runs without its proxy. */
const proxiesOf = async (engine: Engine, container: string): Promise<readonly number[]> => {
  const { NetworkSettings } = await engine.inspectContainer(container);
  const ports = Object.values(NetworkSettings.Ports).flatMap(
    (bindings) => bindings?.map(({ HostPort }) => HostPort) ?? [],
  );
  return processIds().filter((pid) => {
    const line = commandOf(pid);
    return line[0]?.endsWith("docker-proxy") === true && ports.some((port) => line.includes(port ?? ""));
  });
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

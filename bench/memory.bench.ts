import { setTimeout as sleep } from "node:timers/promises";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";
import { openBenchWorkspaces } from "./bench-workspaces.ts";
import { memoryOf, serverBelow } from "./process-memory.ts";

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
  ];
};

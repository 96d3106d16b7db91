import { type BenchRow, median, spreadOf } from "./bench-row.ts";
import { openBenchWorkspaces } from "./bench-workspaces.ts";

const rounds = 9;

/** Container start → server ready, beside the start of a bare container of the same image. */
export default async (): Promise<readonly BenchRow[]> => {
  await using bench = await openBenchWorkspaces();
  const { engine, workspaces, record } = bench;
  const image = record.steps[0]?.images[0]?.configDigest ?? "";
  const ours: number[] = [];
  const peer: number[] = [];
  const boots: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    await bench.create("start");
    const begun = performance.now();
    const boot = await workspaces.start("start", {
      onPhase: () => {},
      onBoot: () => {},
      signal: AbortSignal.timeout(60_000),
    });
    const took = performance.now() - begun;
    if (boot.phase !== "ready") throw new Error(`the workspace did not start: ${boot.cause}`);
    await workspaces.remove("start");

    const bare = await engine.createContainer(undefined, {
      Image: image,
      Entrypoint: ["/opt/atelier/bin/tini", "--", "/bin/sleep", "60"],
      Cmd: [],
    });
    const bareBegun = performance.now();
    await engine.startContainer(bare);
    const bareTook = performance.now() - bareBegun;
    await engine.removeContainer(bare);
    // The first round warms the engine's caches.
    if (round === 0) continue;
    ours.push(took);
    peer.push(bareTook);
    boots.push(took - bareTook);
  }
  return [
    {
      name: "start: container start → server ready",
      unit: "ms",
      ours: median(ours),
      peer: median(peer),
      ratio: median(ours) / median(peer),
      goal: "peer: bare container start",
      met: null,
      spread: spreadOf(ours),
    },
    {
      name: "start: what our part adds",
      unit: "ms",
      ours: median(boots),
      peer: null,
      ratio: null,
      goal: "≤ 300",
      met: median(boots) <= 300,
      spread: spreadOf(boots),
    },
  ];
};

import { serverPort } from "@atelier/contract";
import { openWorkspace } from "@atelier/testkit";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";
import { openBenchWorkspaces } from "./bench-workspaces.ts";
import { openForward } from "./open-forward.ts";

const rounds = 30;
const step = "find-your-way";

/** Runs goss by itself, as our checker does but without the server, and prints each run's milliseconds. */
const bareGoss = `
const { spawnSync } = require("node:child_process");
const times = [];
for (let round = 0; round < ${rounds}; round++) {
  const begun = performance.now();
  spawnSync("/opt/atelier/bin/goss", ["--gossfile", "/workshop/steps/${step}/goss.yaml", "validate", "--format", "json"]);
  times.push(performance.now() - begun);
}
process.stdout.write(JSON.stringify(times));
`;

/** A check from the request to its answer, over the time that goss takes for the same file by itself. */
export default async (): Promise<readonly BenchRow[]> => {
  await using bench = await openBenchWorkspaces();
  const settings = await bench.create("check");
  const boot = await bench.workspaces.start("check", {
    onPhase: () => {},
    onBoot: () => {},
    signal: AbortSignal.timeout(60_000),
  });
  if (boot.phase !== "ready") throw new Error(`the workspace did not start: ${boot.cause}`);
  const { containerId = "" } = await bench.workspaces.find("check");
  const { Networks } = (await bench.engine.inspectContainer(containerId)).NetworkSettings;
  const host = Object.values(Networks)[0]?.IPAddress ?? "";
  // Links lead to the port that a supervisor listens on; here is none.
  using _forward = await openForward(settings.port, { host, port: serverPort });
  const client = await openWorkspace(bench.workspaces.url(settings, "instructor"));
  const ours: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const begun = performance.now();
    await client.check(step);
    // The first one loads the YAML library.
    if (round > 0) ours.push(performance.now() - begun);
  }
  const { stdout } = await bench.engine.exec(containerId, {
    argv: ["/opt/atelier/bin/node", "-e", bareGoss],
    user: "0:0",
  });
  const goss = JSON.parse(stdout) as number[];
  const over = median(ours) - median(goss);
  return [
    {
      name: "check: request → answer",
      unit: "ms",
      ours: median(ours),
      peer: median(goss),
      ratio: median(ours) / median(goss),
      goal: "peer: goss by itself",
      met: null,
      spread: spreadOf(ours),
    },
    {
      name: "check: over goss's own time",
      unit: "ms",
      ours: over,
      peer: null,
      ratio: null,
      goal: "≤ 150",
      met: over <= 150,
    },
  ];
};

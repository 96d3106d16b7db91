import { fileURLToPath } from "node:url";
import { createAtelierCli } from "@atelier/testkit";
import { type BenchRow, median, spreadOf } from "./bench-row.ts";

const rounds = 3;
const examples = ["linux-basics", "git-rescue", "http-service"];

/** `atelier test` over all examples, images built: seconds for ten steps, each tried in two fresh containers. */
export default async (): Promise<readonly BenchRow[]> => {
  await using cli = await createAtelierCli();
  const folders = examples.map((name) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url)));
  for (const folder of folders) await cli.succeed("build", folder);
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    let steps = 0;
    for (const folder of folders)
      steps += (JSON.parse((await cli.succeed("test", folder, "--json")).stdout) as { steps: unknown[] }).steps.length;
    seconds.push(((performance.now() - begun) / 1000 / steps) * 10);
  }
  return [
    {
      name: "oracle: ten steps of the examples",
      unit: "s",
      ours: median(seconds),
      peer: null,
      ratio: null,
      goal: "≤ 60",
      met: median(seconds) <= 60,
      spread: spreadOf(seconds),
    },
  ];
};

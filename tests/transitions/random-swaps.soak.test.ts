import { test } from "node:test";
import { createAtelierCli } from "@atelier/testkit";
import { runRandomSwaps } from "./random-swaps.ts";

test("100 random swaps, 20 of them under SIGKILL of the supervisor, on real containers with 15 stops and starts in between: every file and checkpoint is there", async () => {
  await using atelier = await createAtelierCli();
  await runRandomSwaps(atelier, { seed: 1, swaps: 100, kills: 20, pauses: 15, readBack: 5 });
});

import { test } from "node:test";
import { createAtelierCli } from "@atelier/testkit";
import { runRandomSwaps } from "./random-swaps.ts";

test("random swaps under SIGKILL of the supervisor on real containers, with stops and starts in between: every file and checkpoint is there (sample 8 of 100, 3 kills, 3 stops)", async () => {
  await using atelier = await createAtelierCli();
  await runRandomSwaps(atelier, { seed: 5, swaps: 8, kills: 3, pauses: 3, readBack: 2 });
});

import { test } from "node:test";
import { createAtelierCli } from "@atelier/testkit";
import { runRandomSwaps } from "./random-swaps.ts";

test("random swaps under SIGKILL of the supervisor, on real containers (sample 12 of 100, 4 kills)", async () => {
  await using atelier = await createAtelierCli();
  await runRandomSwaps(atelier, { seed: 5, swaps: 12, kills: 4 });
});

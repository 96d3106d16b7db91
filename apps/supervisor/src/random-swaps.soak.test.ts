import { test } from "node:test";
import { openFakeMachine } from "./testing/open-fake-machine.ts";
import { runRandomSwaps } from "./testing/random-swaps.ts";

for (const seed of [1, 2, 3, 4, 5])
  test(`100 random swaps, 20 of them under SIGKILL of the supervisor (seed ${seed})`, async () => {
    await using machine = await openFakeMachine({ ATELIER_PREPARE_AFTER: "0.02" });
    await runRandomSwaps(machine, { seed, swaps: 100, kills: 20 });
  });

import { test } from "node:test";
import { openFakeMachine } from "./testing/open-fake-machine.ts";
import { runRandomSwaps } from "./testing/random-swaps.ts";

test("random swaps under SIGKILL of the supervisor, with stops and losses in between: one writer, one container, every file and saved state, every request answered once (sample 20 of 100, 6 kills)", async () => {
  await using machine = await openFakeMachine({ ATELIER_PREPARE_AFTER: "0.02" });
  await runRandomSwaps(machine, { seed: 7, swaps: 20, kills: 6 });
});

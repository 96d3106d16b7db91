import { test } from "node:test";
import { openFakeMachine } from "./testing/open-fake-machine.ts";
import { runRandomSwaps } from "./testing/random-swaps.ts";

// Chosen by what they notice: of fourteen ways to break a restore on purpose, each but one is seen by one of them
// (what a lost layer gets, a layer that lived, every kind of move, an interrupted one), most by both. The one, of whom
// nothing is left but a standby, no random move leads to: it has a test of its own in `transitions.test.ts`.
for (const seed of [7, 21])
  test(`random swaps under SIGKILL of the supervisor, with stops and losses in between: one writer, one container, every file and saved state, every request answered once (sample 20 of 100, 6 kills, seed ${seed})`, async () => {
    await using machine = await openFakeMachine({ ATELIER_PREPARE_AFTER: "0.02" });
    await runRandomSwaps(machine, { seed, swaps: 20, kills: 6 });
  });

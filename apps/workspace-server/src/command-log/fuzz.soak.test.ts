import { test } from "node:test";
import { fuzzCommands } from "../testing/fuzz-commands.ts";
import { typeLongCommand } from "../testing/type-long-command.ts";

for (const shell of ["bash", "zsh", "fish"] as const)
  for (const seed of [2, 3, 4, 5])
    test(`250 random commands of ${shell} appear in the log one line each, as they were typed (seed ${seed})`, async () => {
      await fuzzCommands({ commands: 250, seed, shell });
    });

// Not fish: its line editor alone takes half a minute for such a line.
test("zsh: a command that is longer than a report can be is in the log, cut, and no report on the screen", async () => {
  await typeLongCommand("zsh");
});

import { test } from "node:test";
import { fuzzCommands } from "../testing/fuzz-commands.ts";

test("random commands appear in the log one line each, as they were typed (sample 80 of 1000)", async () => {
  await fuzzCommands({ commands: 80, seed: 1 });
});

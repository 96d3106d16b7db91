import { test } from "node:test";
import { killTerminals } from "../testing/kill-terminals.ts";

test("killed at random moments under load, the server loses nothing that anybody saw (sample 4 of 100)", async () => {
  await killTerminals({ kills: 4, seed: 1 });
});

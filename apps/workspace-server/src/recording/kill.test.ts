import { test } from "node:test";
import { killTerminals } from "../testing/kill-terminals.ts";

test("killed at random moments under load, the server loses nothing that anybody saw (sample 4 of 100)", async () => {
  await killTerminals({ kills: 4, seed: 1, load: "lines" });
});

test("killed in a flood, the server loses no more than its last megabyte (sample 2 of 50)", async () => {
  await killTerminals({ kills: 2, seed: 3, load: "flood" });
});

import { test } from "node:test";
import { killTerminals } from "../testing/kill-terminals.ts";

test("killed at 100 random moments under load, the server loses nothing that anybody saw", async () => {
  await killTerminals({ kills: 100, seed: 2, load: "lines" });
});

test("killed in a flood, the server loses no more than its last megabyte, 50 times", async () => {
  await killTerminals({ kills: 50, seed: 3, load: "flood" });
});

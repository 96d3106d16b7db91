import { test } from "node:test";
import { killTerminals } from "../testing/kill-terminals.ts";

test("killed at 100 random moments under load, the server loses nothing that anybody saw", async () => {
  await killTerminals({ kills: 100, seed: 2 });
});

import { test } from "node:test";
import { cutConnections } from "../testing/cut-connections.ts";

for (const seed of [11, 12, 13, 14, 15])
  test(`after 200 cuts at random bytes the screen is the one of an uncut run (seed ${seed})`, async () => {
    await cutConnections({ cuts: 200, seed });
  });

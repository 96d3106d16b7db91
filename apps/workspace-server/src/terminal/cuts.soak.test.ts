import { test } from "node:test";
import { cutConnections } from "../testing/cut-connections.ts";

for (const seed of [11, 12, 13, 14, 15])
  for (const output of ["lines", "all"] as const)
    test(`after 200 cuts at random bytes, and at other sizes, the screen is the one of an uncut run (${output}, seed ${seed})`, async () => {
      await cutConnections({ cuts: 200, seed, output });
    });

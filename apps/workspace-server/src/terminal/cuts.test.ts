import { test } from "node:test";
import { cutConnections } from "../testing/cut-connections.ts";

for (const output of ["lines", "all"] as const)
  test(`after cuts at random bytes, and at other sizes, the screen is the one of an uncut run (${output}, sample 20 of 1000)`, async () => {
    await cutConnections({ cuts: 20, seed: 1, output });
  });

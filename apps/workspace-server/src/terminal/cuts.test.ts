import { test } from "node:test";
import { cutConnections } from "../testing/cut-connections.ts";

test("after cuts at random bytes the screen is the one of an uncut run (sample 40 of 1000)", async () => {
  await cutConnections({ cuts: 40, seed: 1 });
});

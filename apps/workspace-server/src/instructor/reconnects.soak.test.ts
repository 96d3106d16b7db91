import { test } from "node:test";
import { reconnectAtRandom } from "../testing/random-reconnects.ts";

for (const seed of [1, 2, 3])
  test(`200 reconnects at random: no gap, no repeat (seed ${seed})`, () => reconnectAtRandom(200, seed));

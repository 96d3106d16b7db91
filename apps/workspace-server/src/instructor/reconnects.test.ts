import { test } from "node:test";
import { reconnectAtRandom } from "../testing/random-reconnects.ts";

const seed = Math.floor(Math.random() * 2 ** 32);
test(`25 of 200 reconnects at random: no gap, no repeat (seed ${seed})`, () => reconnectAtRandom(25, seed));

import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunOutcome } from "@atelier/ui/terminal";
import { type RunningTerminals, runIn } from "./run-in.ts";

/** A terminal that answers so, one after the other, and the last for ever. */
const terminalThat = (...outcomes: readonly RunOutcome[]): RunningTerminals & { readonly shows: string[] } => {
  let tries = 0;
  const shows: string[] = [];
  const handle = { run: () => outcomes[Math.min(tries++, outcomes.length - 1)] as RunOutcome, interrupt: () => {} };
  return {
    shows,
    handleOf: () => handle as unknown as ReturnType<RunningTerminals["handleOf"]>,
    open: async () => assert.fail("it is open"),
    shown: (name) => shows.push(String(name)),
  } as RunningTerminals & { readonly shows: string[] };
};

test("a block that is clicked while the terminal comes back from a move is typed once it is there", async () => {
  const terminals = terminalThat("not-connected", "not-connected", "typed");
  assert.equal(await runIn("ls", {}, terminals), "typed");
  assert.deepEqual(terminals.shows, ["undefined"]);
});

test("a program in front is said at once, and a terminal that stays away in the end", async () => {
  assert.equal(await runIn("ls", {}, terminalThat("program-in-front")), "program-in-front");
  assert.equal(await runIn("ls", {}, terminalThat("not-connected")), "not-connected");
});

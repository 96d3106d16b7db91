import assert from "node:assert/strict";
import { test } from "node:test";
import { openPty } from "./pty.ts";

test("a flood leaves the others their turn: no more than 16 KiB are read in a row", async () => {
  const wanted = 4 * 1024 * 1024;
  let total = 0;
  let inTurn = 0;
  let longestTurn = 0;
  const nextTurn = (): void => {
    longestTurn = Math.max(longestTurn, inTurn);
    inTurn = 0;
  };
  // Runs once a turn, after whatever was read in it.
  let turns = setImmediate(function turn() {
    nextTurn();
    turns = setImmediate(turn);
  });
  const exit = await new Promise((resolve) => {
    openPty({
      argv: ["/bin/sh", "-c", `stty raw; head -c ${wanted} /dev/zero`],
      env: { PATH: "/usr/bin:/bin" },
      cwd: "/",
      cols: 80,
      rows: 24,
      onData: ({ length }) => {
        total += length;
        inTurn += length;
      },
      onExit: resolve,
    });
  });
  clearImmediate(turns);
  nextTurn();
  assert.deepEqual(exit, { exitCode: 0, signal: 0 });
  assert.equal(total, wanted);
  assert.ok(longestTurn <= 16 * 1024, `${longestTurn} bytes were read in one turn`);
});

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runProcess } from "./run-process.ts";

const folder = mkdtempSync(join(tmpdir(), "atelier-run-"));
after(() => rmSync(folder, { recursive: true }));

test("what is given up before it begins is not started", async () => {
  const mark = join(folder, "before");
  const given = runProcess({
    argv: ["/bin/sh", "-c", `: > ${mark}`],
    env: {},
    timeoutMs: 10_000,
    signal: AbortSignal.abort(new Error("not any more")),
  });
  await assert.rejects(given, { message: "not any more" });
  assert.equal(existsSync(mark), false);
});

test("what is given up while room is made for it ends at once", async () => {
  const giveUp = new AbortController();
  let rounds = 0;
  const order = {
    argv: ["/bin/sh", "-c", "exec sleep 100"],
    env: {},
    timeoutMs: 60_000,
    signal: giveUp.signal,
    makeRoom: async () => {
      rounds++;
    },
  };
  const running = runProcess(order);
  giveUp.abort(new Error("not any more"));
  const started = performance.now();
  await assert.rejects(running, { message: "not any more" });
  assert.ok(performance.now() - started < 30_000);
  assert.equal(rounds, 0, "there was room");
});

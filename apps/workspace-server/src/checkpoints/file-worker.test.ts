import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createFileWorker, type FileWorker } from "./file-worker.ts";

const home = await mkdtemp(join(tmpdir(), "atelier-worker-"));
test.after(() => rm(home, { recursive: true }));
await writeFile(join(home, "a"), "1");

const open = (worker: readonly string[]): FileWorker =>
  createFileWorker({
    identity: { name: "student", uid: 1000, gid: 1000, groups: [], home },
    worker,
    deadlineMs: 30_000,
    archiveBytes: 1_000_000,
    asIdentity: (_identity, argv) => argv,
  });
const ours = [process.execPath, fileURLToPath(new URL("./worker/main.ts", import.meta.url))];
const scan = { verb: "scan", roots: [home] } as const;
const pathsOf = (answer: unknown): string[] => Object.keys((answer as { entries: object }).entries);
/** A worker that is no worker of ours, as a student's could be. */
const hostile = (program: string): readonly string[] => [process.execPath, "-e", program];

test("one that is kept warm remembers what it answered last; one that is not begins anew", async () => {
  using worker = open(ours);
  assert.equal(worker.isSame, false);
  assert.deepEqual(pathsOf(await worker.run(scan)), [join(home, "a")]);
  assert.equal(worker.isSame, false);
  worker.keepWarm(60_000);
  assert.deepEqual(pathsOf(await worker.run(scan)), [join(home, "a")]);
  assert.equal(worker.isSame, true);
  assert.deepEqual(await worker.run(scan), { unchanged: true });
  await writeFile(join(home, "b"), "2");
  assert.deepEqual(pathsOf(await worker.run(scan)), [join(home, "a"), join(home, "b")]);
});

test("one that was stopped or killed while it waited is replaced, and the order executed all the same", async () => {
  using worker = open(["/bin/sh", "-c", `echo $$ > ${home}/../pid-$PPID; exec "$0" "$1"`, ...ours]);
  worker.keepWarm(60_000);
  await worker.run(scan);
  const file = join(home, "..", `pid-${process.pid}`);
  const { readFile } = await import("node:fs/promises");
  for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
    process.kill(Number(await readFile(file, "utf8")), signal);
    assert.equal(pathsOf(await worker.run(scan)).includes(join(home, "a")), true, signal);
  }
  await rm(file);
});

test("nonsense, floods and silence from it are failures and never more", async () => {
  const cases: readonly [string, RegExp][] = [
    ["process.stdout.write('hello, this is no frame')", /talks nonsense|ended/],
    ["process.exit(3)", /ended with 3/],
    [
      "process.stdin.once('data', () => process.stdout.write(Buffer.from([4, 0, 0, 0, 1, 123])))",
      /answered with nonsense/,
    ],
    [
      "process.stdin.once('data', () => { const b = Buffer.alloc(65541); b[0] = 2; b.writeUInt32BE(65536, 1); setInterval(() => process.stdout.write(b), 0); })",
      /more than an archive may hold/,
    ],
  ];
  for (const [program, message] of cases) {
    using worker = open(hostile(program));
    await assert.rejects(worker.run(scan), { code: "checkpoint-failed", message });
  }
  const controller = new AbortController();
  using silent = open(hostile("setInterval(() => {}, 1000)"));
  const asked = silent.run(scan, { signal: controller.signal });
  controller.abort();
  await assert.rejects(asked, { code: "checkpoint-failed", message: /was given up/ });
});

import assert from "node:assert/strict";
import { chownSync, renameSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createFakeDagger, type FakeDagger } from "../../testing/fake-dagger.ts";
import { aboutKeeper, endKeeper, type KeptSession, useKeptSession } from "./kept-session.ts";
import { socketName } from "./keeper-protocol.ts";
import { querySession } from "./query-session.ts";

const signal = new AbortController().signal;
const keeper = fileURLToPath(new URL("./keep-session-main.ts", import.meta.url));

const use = (dagger: FakeDagger, folder = join(dagger.folder, "cache")): Promise<KeptSession | undefined> =>
  useKeptSession({ host: dagger, env: process.env, folder, command: [process.execPath, keeper], signal });

/** A build: what it finds, and the process that its session is of. */
const build = async (dagger: FakeDagger): Promise<{ readonly pid: number; readonly known: object }> => {
  using kept = (await use(dagger)) ?? assert.fail("none is kept");
  using query = querySession(kept.address, signal);
  return { ...((await query.request("{version}")) as { pid: number }), known: Object.fromEntries(kept.known) };
};

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(10);
};

/** Ends what a test began, and waits until its session has ended. */
const end = async (dagger: FakeDagger): Promise<void> => {
  await endKeeper(join(dagger.folder, "cache"));
  await until(async () => {
    const noted = await dagger.noted();
    return (
      noted.filter((line) => line.startsWith("began")).length ===
      noted.filter((line) => line.startsWith("ended")).length
    );
  });
};

test("the second build has the session of the first, and what that remembered; only its owner can ask for it", async () => {
  await using dagger = await createFakeDagger();
  const folder = join(dagger.folder, "cache");
  const first = await build(dagger);
  assert.deepEqual(first.known, {});
  {
    using kept = (await use(dagger)) ?? assert.fail();
    kept.remember({ a: "1" });
  }
  assert.deepEqual(await build(dagger), { pid: first.pid, known: { a: "1" } });
  assert.equal(statSync(join(folder, socketName)).mode & 0o777, 0o600);
  // It hears of a build's end as the build's socket closes.
  await until(async () => (await aboutKeeper(folder))?.users === 0);
  const about = (await aboutKeeper(folder)) ?? assert.fail();
  assert.deepEqual(
    { ...about, pid: 0, since: 0 },
    { pid: 0, since: 0, users: 0, engine: "the one that `dagger` finds" },
  );
  await end(dagger);
  assert.equal(await aboutKeeper(folder), undefined);
});

test("a killed keeper takes its session with it, and the next build begins another", async () => {
  await using dagger = await createFakeDagger();
  const { pid } = await build(dagger);
  process.kill((await aboutKeeper(join(dagger.folder, "cache")))?.pid ?? assert.fail(), "SIGKILL");
  await until(async () => (await dagger.noted()).includes(`ended ${pid}`));
  assert.notEqual((await build(dagger)).pid, pid);
  await end(dagger);
});

test("a keeper that does not answer is passed by, and one that does takes its place", async () => {
  await using dagger = await createFakeDagger();
  const { pid } = await build(dagger);
  const stopped = (await aboutKeeper(join(dagger.folder, "cache")))?.pid ?? assert.fail();
  process.kill(stopped, "SIGSTOP");
  try {
    // Waiting for ever, it would hold nothing: the process would end, and this test with it.
    assert.notEqual((await build(dagger)).pid, pid);
  } finally {
    process.kill(stopped, "SIGCONT");
  }
  await end(dagger);
});

test("a build that was busy for long finds the answer that came meanwhile", async () => {
  await using dagger = await createFakeDagger();
  const { pid } = await build(dagger);
  const next = build(dagger);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
  assert.equal((await next).pid, pid);
  await end(dagger);
});

test("a killed session, and one whose engine is gone, are replaced", async () => {
  await using dagger = await createFakeDagger();
  const { pid } = await build(dagger);
  process.kill(pid, "SIGKILL");
  const second = await build(dagger);
  assert.notEqual(second.pid, pid);

  await dagger.loseEngine(true);
  // What begins anew is not asked whether it is well: its build finds out.
  await assert.rejects(build(dagger), { message: /http do: refused/ });
  await dagger.loseEngine(false);
  const third = await build(dagger);
  assert.notEqual(third.pid, second.pid);
  await endKeeper(join(dagger.folder, "cache"));
});

test("two builds that begin at once both have a session, and what is one too many ends", async () => {
  await using dagger = await createFakeDagger();
  const both = await Promise.all([build(dagger), build(dagger)]);
  const { pid } = await build(dagger);
  assert.ok(
    both.some((each) => each.pid === pid),
    "the next build has one of theirs",
  );
  await endKeeper(join(dagger.folder, "cache"));
});

test("another release of the CLI is another session; the old one ends when its build does", async () => {
  await using dagger = await createFakeDagger();
  const folder = join(dagger.folder, "cache");
  {
    using kept = (await use(dagger)) ?? assert.fail();
    using query = querySession(kept.address, signal);
    const { pid } = (await query.request("{version}")) as { pid: number };
    utimesSync(dagger.cli, new Date(), new Date(Date.now() + 5000));
    assert.notEqual((await build(dagger)).pid, pid);
    assert.deepEqual(await query.request("{version}"), { pid }, "a build that runs keeps its own");
    kept[Symbol.dispose]();
    await until(async () => (await dagger.noted()).includes(`ended ${pid}`));
  }
  assert.ok(await aboutKeeper(folder));
  await end(dagger);
});

test("somebody else's socket is never asked, and what is no keeper is replaced", async () => {
  await using dagger = await createFakeDagger();
  const { pid } = await build(dagger);
  const file = join(dagger.folder, "cache", socketName);
  // A stranger's socket that would take whatever it is told.
  const heard: string[] = [];
  const stranger = createServer((socket) => socket.on("data", (data) => heard.push(String(data))));
  await new Promise<void>((resolve) => stranger.listen(`${file}.stranger`, resolve));
  renameSync(`${file}.stranger`, file);
  if (process.getuid?.() === 0) {
    chownSync(file, 12_345, 12_345);
    assert.notEqual((await build(dagger)).pid, pid);
    assert.deepEqual(heard, []);
  }
  stranger.close();
  await end(dagger);

  writeFileSync(file, "no socket at all");
  assert.ok((await build(dagger)).pid > 0);
  await end(dagger);
});

test("where no keeper can be, a build is left to itself; without an engine it is told why", async () => {
  await using dagger = await createFakeDagger();
  assert.equal(await use(dagger, join(dagger.folder, "long".repeat(40))), undefined, "a path too long for a socket");
  assert.equal(
    await useKeptSession({ host: dagger, env: process.env, folder: dagger.folder, command: ["/nothing"], signal }),
    undefined,
  );
  await dagger.break();
  await assert.rejects(use(dagger), { message: "no engine here" });
});

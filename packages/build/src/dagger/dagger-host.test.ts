import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createDaggerProbe, type DaggerProbe, findDagger, rememberFailures } from "./dagger-host.ts";

const probe = (given: Partial<DaggerProbe> = {}): DaggerProbe => ({
  isExecutable: async (path) => path === "/usr/bin/dagger",
  answersAt: async () => true,
  reachesEngine: async () => true,
  ...given,
});

test("without a CLI nothing is asked further, and the reason says what is missing", async () => {
  assert.deepEqual(await findDagger({ PATH: "/bin:" }, probe()), { reason: "there is no `dagger` on PATH" });
  assert.deepEqual(await findDagger({ _EXPERIMENTAL_DAGGER_CLI_BIN: "/opt/gone" }, probe()), {
    reason: "_EXPERIMENTAL_DAGGER_CLI_BIN names /opt/gone, which cannot be run",
  });
});

test("the CLI on PATH is taken when it reaches an engine", async () => {
  assert.deepEqual(await findDagger({ PATH: "/bin:/usr/bin" }, probe()), { host: { cli: "/usr/bin/dagger" } });
  assert.deepEqual(await findDagger({ PATH: "/usr/bin" }, probe({ reachesEngine: async () => false })), {
    reason: "`dagger` is here but reaches no engine (`dagger core version` shows why)",
  });
});

test("a named engine has to answer, IPv6 or not", async () => {
  const env = { PATH: "/usr/bin", _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://[::1]:18080" };
  const asked: unknown[] = [];
  const answersAt = async (...place: unknown[]): Promise<boolean> => asked.push(place) > 1;
  assert.deepEqual(await findDagger(env, probe({ answersAt })), {
    reason: "no Dagger engine answers at tcp://[::1]:18080",
  });
  assert.deepEqual(await findDagger(env, probe({ answersAt })), {
    host: { cli: "/usr/bin/dagger", runner: "tcp://[::1]:18080" },
  });
  assert.deepEqual(asked, [
    ["::1", 18080],
    ["::1", 18080],
  ]);
  const elsewhere = { ...env, _EXPERIMENTAL_DAGGER_RUNNER_HOST: "unix:///run/dagger.sock" };
  assert.deepEqual(await findDagger(elsewhere, probe({ answersAt: async () => assert.fail() })), {
    host: { cli: "/usr/bin/dagger", runner: "unix:///run/dagger.sock" },
  });
});

test("this machine's probe asks sockets and programs", async () => {
  const here = createDaggerProbe(process.env, { signal: AbortSignal.timeout(60_000), startMs: 60_000 });
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  assert.equal(await here.answersAt("127.0.0.1", port), true);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await here.answersAt("127.0.0.1", port), false);
  assert.deepEqual(await Promise.all([here.isExecutable("/bin/sh"), here.isExecutable("/nothing")]), [true, false]);
  assert.deepEqual(await Promise.all([here.reachesEngine("/bin/true"), here.reachesEngine("/nothing")]), [true, false]);
});

test("an engine that takes long to start is waited for as long as is asked, and said to be starting", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-dagger-"));
  try {
    const cli = join(folder, "dagger");
    await writeFile(cli, "#!/bin/sh\nexec sleep 1\n", { mode: 0o755 });
    const signal = AbortSignal.timeout(60_000);
    let told = 0;
    const patient = createDaggerProbe(process.env, { signal, startMs: 60_000, slowMs: 10, onSlow: () => void told++ });
    assert.equal(await patient.reachesEngine(cli), true);
    assert.equal(told, 1);
    await writeFile(cli, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    assert.equal(await createDaggerProbe(process.env, { signal, startMs: 50 }).reachesEngine(cli), false);
    const ended = AbortSignal.timeout(50);
    assert.equal(await createDaggerProbe(process.env, { signal: ended, startMs: 600_000 }).reachesEngine(cli), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("an engine that was not reached is not waited for again so soon, unless somebody insists", async () => {
  const refusals = new Map<string, number>();
  const memory = {
    refusedAt: (key: string) => refusals.get(key),
    noteRefusal: (key: string, at: number) => void refusals.set(key, at),
  };
  let [asked, reaches] = [0, false];
  const minutes = 60_000;
  const ask = (now: number, insists = false): Promise<boolean> =>
    rememberFailures(probe({ reachesEngine: async () => ++asked > 0 && reaches }), {
      ...{ memory, insists, now: () => now },
    }).reachesEngine("/usr/bin/dagger");
  const start = 1000 * minutes;
  for (const now of [start, start + minutes, start + 9 * minutes]) assert.equal(await ask(now), false);
  assert.equal(asked, 1);
  assert.equal(await ask(start + 11 * minutes), false);
  assert.equal(asked, 2);
  reaches = true;
  assert.equal(await ask(start + 12 * minutes), false);
  assert.equal(await ask(start + 12 * minutes, true), true);
  assert.equal(await ask(start + 12 * minutes), true);
  assert.equal(asked, 4);
});

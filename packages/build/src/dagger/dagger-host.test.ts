import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { createDaggerProbe, type DaggerProbe, findDagger } from "./dagger-host.ts";

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
    reason: "`dagger` is here but reaches no engine",
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
  const here = createDaggerProbe(process.env, AbortSignal.timeout(60_000));
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  assert.equal(await here.answersAt("127.0.0.1", port), true);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(await here.answersAt("127.0.0.1", port), false);
  assert.deepEqual(await Promise.all([here.isExecutable("/bin/sh"), here.isExecutable("/nothing")]), [true, false]);
  assert.deepEqual(await Promise.all([here.reachesEngine("/bin/true"), here.reachesEngine("/nothing")]), [true, false]);
});

import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { listeningPorts } from "./listening-ports.ts";
import { watchPorts } from "./watch-ports.ts";

test("a program that listens on either loopback is seen, and one that ended is not", async () => {
  const listen = (host: string): Promise<Server> =>
    new Promise((resolve) => {
      const server = createServer();
      server.listen(0, host, () => resolve(server));
    });
  for (const host of ["127.0.0.1", "::1"]) {
    const server = await listen(host);
    const { port } = server.address() as AddressInfo;
    assert.ok((await listeningPorts()).includes(port), host);
    await new Promise((resolve) => server.close(resolve));
    assert.ok(!(await listeningPorts()).includes(port), `${host}, ended`);
  }
});

test("connections are no listeners, and a table that is not there is empty", async () => {
  const table = `  sl  local_address rem_address   st tx_queue
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000
   1: 0100007F:0BB8 0100007F:D431 01 00000000:00000000
   2: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0
  nonsense
`;
  assert.deepEqual(await listeningPorts(async (path) => (path.endsWith("6") ? "" : table)), [80, 8080]);
});

const open = async (context: TestContext, first: readonly number[]) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const told: string[] = [];
  const scene = {
    now: first,
    told,
    changes: 0,
    look: async (times = 1) => {
      for (let time = 0; time < times; time++) {
        context.mock.timers.tick(1000);
        await setImmediate();
      }
    },
  };
  const watched = watchPorts({
    own: [7681],
    onOpen: (port) => told.push(`+${port}`),
    onClose: (port) => told.push(`-${port}`),
    onChange: () => scene.changes++,
    lookEveryMs: 1000,
    ports: async () => scene.now,
  });
  await setImmediate();
  return Object.assign(scene, { watched });
};

test("what the workshop started is not offered, what the student started is, once, until it ends", async (context) => {
  const scene = await open(context, [7681, 5432]);
  await scene.look(3);
  scene.now = [7681, 5432, 3000];
  await scene.look();
  assert.deepEqual(scene.told, [], "seen once");
  await scene.look(3);
  assert.deepEqual([scene.told, scene.watched.open, scene.changes], [["+3000"], [3000], 1]);
  scene.now = [7681, 5432];
  await scene.look();
  assert.deepEqual([scene.told, scene.watched.open, scene.changes], [["+3000", "-3000"], [], 2]);
  scene.watched[Symbol.dispose]();
});

test("a port for a moment, one of a client's, and our own are none; the workshop's that opens anew is", async (context) => {
  const scene = await open(context, [8000]);
  scene.now = [8000, 4000];
  await scene.look();
  scene.now = [8000];
  await scene.look();
  scene.now = [8000, 45_000, 7681];
  await scene.look(3);
  assert.deepEqual(scene.told, []);
  scene.now = [];
  await scene.look();
  scene.now = [8000];
  await scene.look(2);
  assert.deepEqual(scene.told, ["+8000"]);
  scene.watched[Symbol.dispose]();
});

test("a scanner's hundred ports do not flood the page", async (context) => {
  const scene = await open(context, []);
  scene.now = Array.from({ length: 100 }, (_, index) => 1000 + index);
  await scene.look(3);
  assert.equal(scene.watched.open.length, 12);
  scene.watched[Symbol.dispose]();
});

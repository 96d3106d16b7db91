import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type HostileScene, hostileRequests } from "../testing/hostile-requests.ts";
import { openFakeMachine } from "../testing/open-fake-machine.ts";

/** Sends bytes and answers everything that comes back until the other side closes, or stays silent. */
const send = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    const end = (): void => {
      socket.destroy();
      resolve(text);
    };
    let quiet = setTimeout(end, 2000);
    socket.setEncoding("latin1").on("data", (data) => {
      text += String(data);
      clearTimeout(quiet);
      quiet = setTimeout(end, 300);
    });
    socket
      .on("error", () => {})
      .on("close", () => {
        clearTimeout(quiet);
        resolve(text);
      });
    socket.write(Buffer.from(bytes, "utf8"));
  });

/** The JSON bodies of all answers in a raw stream, chunked or not. */
const answersOf = (raw: string): Record<string, unknown>[] =>
  raw.split(/(?=HTTP\/1\.1 )/).flatMap((answer) => {
    const body = /\{.*\}/s.exec(answer)?.[0];
    try {
      return body === undefined ? [] : [JSON.parse(body) as Record<string, unknown>];
    } catch {
      return [];
    }
  });

test(`none of ${hostileRequests.length} hostile requests reaches another host or port, and nothing of ours leaves`, async () => {
  assert.ok(hostileRequests.length >= 120);
  await using machine = await openFakeMachine();
  const settings = await machine.create("demo");
  await machine.create("other");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  await supervisor.start("other");
  let visits = 0;
  const trap = createServer((socket) => {
    visits++;
    socket.destroy();
  });
  trap.unref();
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
  using _closed = { [Symbol.dispose]: () => void trap.close() };
  const token = machine.state.token(settings.id, "student");
  const scene: HostileScene = {
    port: supervisor.port,
    victim: (trap.address() as AddressInfo).port,
    token,
    cookie: `atelier_fake=${token}; theirs=1`,
  };
  const tokens = (["student", "instructor", "control"] as const).map((role) => machine.state.token(settings.id, role));
  let refused = 0;
  let shown = 0;
  const cases = hostileRequests.map((make) => make(scene));
  const answers = new Map<string, string>();
  // Ten at once: most of the time is waiting for silence.
  const queue = [...cases];
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let next = queue.shift(); next; next = queue.shift()) answers.set(next[0], await send(scene.port, next[1]));
    }),
  );
  for (const [name, raw] of answers) {
    const bodies = answersOf(raw);
    const reached = bodies.filter((body) => "headers" in body);
    for (const body of reached) {
      assert.deepEqual(
        [body["container"], body["port"]],
        [undefined, 3000],
        `${name}: only the preview that the Host names may answer: ${raw}`,
      );
      const { "atelier-control": _ours, ...headers } = body["headers"] as Record<string, string>;
      assert.ok(!tokens.some((secret) => JSON.stringify(headers).includes(secret)), `${name}: ${raw}`);
      assert.match(String(headers["host"]), /^127\.0\.0\.1:\d+$/, name);
      shown++;
    }
    if (reached.length === 0) {
      // A WebSocket of the student's own program is what previews are for; no other protocol is switched to.
      assert.match(raw, /^(HTTP\/1\.1 (101|[45]\d\d) |$)/, `${name}: ${raw}`);
      if (raw.startsWith("HTTP/1.1 101")) assert.match(name, /^upgrade of target \//);
      refused++;
    }
  }
  assert.equal(visits, 0, "the other port was reached");
  assert.ok(shown >= 20 && refused >= 60, `${shown} shown, ${refused} refused`);
});

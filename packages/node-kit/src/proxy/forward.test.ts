import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { forwardRequest, forwardUpgrade } from "./forward.ts";

/** Bytes of a download that is larger than what is on its way at once. */
const large = 32 * 1024 * 1024;
/** Answers of the other side that are under way. */
let open = 0;
/** Body bytes that came in and ended, and those that broke off. */
const uploads = { whole: 0, torn: 0 };
let upstream: Server;
let proxy: Server;
const thrown: unknown[] = [];
const onThrown = (error: unknown): void => {
  thrown.push(error);
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

before(async () => {
  process.on("uncaughtException", onThrown).on("unhandledRejection", onThrown);
  upstream = createServer((incoming, response) => {
    open++;
    response.once("close", () => open--);
    if (incoming.method === "PUT") {
      incoming.once("end", () => uploads.whole++).once("error", () => uploads.torn++);
      incoming.resume().once("end", () => response.end());
      return;
    }
    if (incoming.url === "/never") return;
    response.writeHead(200, incoming.url === "/sized" ? { "Content-Length": large } : {});
    if (incoming.method === "HEAD") {
      response.end();
      return;
    }
    let left = incoming.url === "/torn" ? 3_000_000 : large;
    const more = (): void => {
      while (left > 0 && !response.destroyed) {
        left -= 65_536;
        if (!response.write(Buffer.alloc(65_536))) {
          response.once("drain", more);
          return;
        }
      }
      if (incoming.url === "/torn") response.destroy();
      else response.end();
    };
    more();
  });
  upstream.on("upgrade", (_request, socket) => socket.on("error", () => {}).end("HTTP/1.1 403 Forbidden\r\n\r\n"));
  proxy = createServer((incoming, response) =>
    forwardRequest({ request: incoming, response }, { port: portOf(upstream), headers: {} }, () =>
      response.writeHead(502).end(),
    ),
  );
  proxy.on("upgrade", (incoming, socket, head) =>
    forwardUpgrade({ request: incoming, socket, head }, { port: portOf(upstream), headers: {} }),
  );
  for (const server of [upstream, proxy]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
});
after(() => {
  for (const server of [proxy, upstream]) {
    server.closeAllConnections();
    server.close();
  }
  process.off("uncaughtException", onThrown).off("unhandledRejection", onThrown);
});

interface Cut {
  readonly method?: string;
  /** Goes after so many bytes of the answer; undefined: stays. */
  readonly after?: number;
  /** Goes so long after it has asked. */
  readonly afterMs?: number;
  /** Body bytes that are sent, of a body that has no end. */
  readonly body?: number;
}

const ask = (path: string, cut: Cut): Promise<{ readonly bytes: number; readonly isComplete: boolean }> =>
  new Promise((resolve) => {
    const { method = "GET", after: most = Number.POSITIVE_INFINITY, afterMs, body } = cut;
    const outgoing = request({ host: "127.0.0.1", port: portOf(proxy), path, method, agent: false });
    let bytes = 0;
    let answer: IncomingMessage | undefined;
    outgoing
      .on("error", () => {})
      .once("close", () => resolve({ bytes, isComplete: answer?.complete === true }))
      .once("response", (incoming) => {
        answer = incoming;
        incoming
          .on("error", () => {})
          .on("data", (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes >= most) outgoing.destroy();
          });
      });
    if (body === undefined) outgoing.end();
    else outgoing.write(Buffer.alloc(body));
    if (afterMs !== undefined) setTimeout(() => outgoing.destroy(), afterMs);
  });

/** Nothing was thrown, nothing is under way on the other side any more, and the next one is served. */
const isUnharmed = async (): Promise<void> => {
  for (const deadline = performance.now() + 20_000; open > 0; await sleep(5))
    assert.ok(performance.now() < deadline, `${open} answers are still under way`);
  assert.deepEqual(await ask("/sized", { method: "HEAD" }), { bytes: 0, isComplete: true });
  assert.deepEqual(thrown, []);
};

for (const path of ["/sized", "/chunked"])
  test(`${path}: a download may be given up anywhere, one by one and together`, async () => {
    assert.deepEqual(await ask(path, {}), { bytes: large, isComplete: true });
    const cuts: readonly Cut[] = [
      { afterMs: 0 },
      { after: 1 },
      { after: 300_000 },
      { after: large / 2 },
      { after: large - 1 },
    ];
    for (const cut of cuts) await ask(path, cut);
    await isUnharmed();
    await Promise.all([...cuts, ...cuts].map((cut) => ask(path, cut)));
    await isUnharmed();
  });

test("one that breaks off on the other side breaks off here, too", async () => {
  const { isComplete } = await ask("/torn", {});
  assert.equal(isComplete, false);
  await isUnharmed();
});

test("whoever goes before there is an answer is forgotten on the other side", async () => {
  for (let time = 0; time < 5; time++) await ask("/never", { afterMs: 10 });
  await isUnharmed();
});

test("an upload that is given up is torn on the other side, never ended", async () => {
  for (const afterMs of [10, 20, 30]) await ask("/", { method: "PUT", body: 500_000, afterMs });
  await isUnharmed();
  assert.deepEqual(uploads, { whole: 0, torn: 3 });
});

test("an upgrade that is refused, here or on the other side, may be reset at any moment", async () => {
  for (const protocol of ["websocket", "other"])
    for (const waitMs of [0, 5]) {
      const socket = connect(portOf(proxy), "127.0.0.1");
      await once(socket, "connect");
      socket.write(`GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
      await sleep(waitMs);
      socket.resetAndDestroy();
      await once(socket, "close");
    }
  await isUnharmed();
});

test("a status that is none is an answer of 502 that says so, not the end of the process", async () => {
  let said = "";
  const program = createTcpServer((socket) => socket.on("error", () => {}).once("data", () => socket.end(said)));
  program.listen(0, "127.0.0.1");
  await once(program, "listening");
  const { port } = program.address() as AddressInfo;
  const front = createServer((incoming, response) =>
    forwardRequest({ request: incoming, response }, { port, headers: {} }, () => response.writeHead(504).end()),
  );
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  front.on("upgrade", (incoming, socket, head) =>
    forwardUpgrade({ request: incoming, socket, head }, { port, headers: {} }),
  );
  const statuses: unknown[] = [];
  const upgrades: string[] = [];
  for (const status of ["099", "000", "007", "999", "204"]) {
    said = `HTTP/1.1 ${status} x\r\nX-Theirs: 1\r\nConnection: close\r\n\r\n`;
    const answer = await fetch(`http://127.0.0.1:${portOf(front)}/`, { signal: AbortSignal.timeout(3000) });
    statuses.push([answer.status, answer.headers.get("x-theirs"), (await answer.text()).slice(0, 11)]);
  }
  for (const status of ["099", "403"]) {
    said = `HTTP/1.1 ${status} x\r\nConnection: close\r\n\r\n`;
    const socket = connect(portOf(front), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    const [first] = (await once(socket, "data")) as [Buffer];
    upgrades.push(String(first).slice(9, 12));
    socket.destroy();
  }
  front.close();
  program.close();
  assert.deepEqual(upgrades, ["502", "403"]);
  const refused = [502, null, "The program"];
  assert.deepEqual(statuses, [refused, refused, refused, [999, "1", ""], [204, "1", ""]]);
  assert.deepEqual(thrown, []);
});

test("whoever is refused an upgrade and leaves its side open is let go all the same", async (context) => {
  const before = await connectionsOf(proxy);
  for (let count = 0; count < 5; count++) {
    const socket = connect({ port: portOf(proxy), host: "127.0.0.1", allowHalfOpen: true });
    context.after(() => socket.destroy());
    socket.on("error", () => {}).write("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    assert.match(answer.toString(), /^HTTP\/1\.1 400 /);
  }
  for (const deadline = performance.now() + 5000; (await connectionsOf(proxy)) > before; await sleep(5))
    assert.ok(performance.now() < deadline, `${(await connectionsOf(proxy)) - before} connections are kept`);
});

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { test } from "node:test";
import { forwardRequest, type Unreached } from "./forward.ts";

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

/**
 * A server that answers what comes first on a connection, keeps it, and is gone when something comes second: as
 * one does whose time to keep a connection runs out in the moment in which the next request is on its way.
 */
const openForgetful = async (isDown: () => boolean = () => false) => {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    let requests = 0;
    let text = "";
    socket
      .on("error", () => {})
      .on("data", (data: Buffer) => {
        text += String(data);
        const end = text.indexOf("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
        if (end < 0 || text.length < end + 4 + length) return;
        requests++;
        heard.push(`${text.slice(0, text.indexOf(" HTTP"))}${text.slice(end + 4)}`);
        text = "";
        if (requests > 1 || isDown()) socket.resetAndDestroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    heard,
    port: portOf(server),
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

const openProxy = async (port: () => number, onUnreached: (unreached: Unreached) => void = () => {}) => {
  const server = createServer((request, response) =>
    forwardRequest({ request, response }, { port: port(), headers: {} }, (unreached) => {
      onUnreached(unreached);
      response.writeHead(502).end();
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    ask: async (method: string, path: string, body?: string): Promise<number> => {
      const answer = await fetch(`http://127.0.0.1:${portOf(server)}${path}`, {
        method,
        ...(body === undefined ? {} : { body }),
      });
      await answer.arrayBuffer();
      return answer.status;
    },
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

test("a kept connection that the other side has given up costs nobody their answer, and nothing is done twice", async () => {
  using upstream = await openForgetful();
  using proxy = await openProxy(() => upstream.port);
  const statuses: number[] = [];
  for (const [method, path, body] of [
    ["GET", "/a"],
    ["GET", "/b"],
    ["POST", "/c", "one"],
    ["GET", "/d"],
    ["DELETE", "/e"],
    ["PUT", "/f", "two"],
  ] as const)
    statuses.push(await proxy.ask(method, path, body));
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200]);
  assert.deepEqual(
    upstream.heard.filter((line) => !line.startsWith("GET")),
    ["POST /cone", "DELETE /e", "PUT /ftwo"],
  );
});

test("what was heard and not answered may be asked again when it only reads; what was not heard, always", async () => {
  using upstream = await openForgetful(() => true);
  const unreached: Unreached[] = [];
  let port = upstream.port;
  using proxy = await openProxy(
    () => port,
    (one) => unreached.push(one),
  );
  assert.equal(await proxy.ask("GET", "/"), 502);
  assert.equal(await proxy.ask("POST", "/", "x"), 502);
  // Nobody listens there any more.
  upstream[Symbol.dispose]();
  await new Promise((resolve) => setTimeout(resolve, 0));
  port = upstream.port;
  assert.equal(await proxy.ask("POST", "/", "x"), 502);
  assert.deepEqual(
    unreached.map(({ cause, isRepeatable }) => [cause.code, isRepeatable]),
    [
      ["ECONNRESET", true],
      ["ECONNRESET", false],
      ["ECONNREFUSED", true],
    ],
  );
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { test } from "node:test";
import { guardConnection } from "./guard-connection.ts";

test("a throw ends its own connection and is told; the next one is served", async () => {
  const told: unknown[] = [];
  const answer = (url: string | undefined, done: () => void): void => {
    if (url === "/bad") throw new Error("no answer for that");
    done();
  };
  const server = createServer((request, response) =>
    guardConnection(
      request.socket,
      () => answer(request.url, () => response.end("fine")),
      (error) => told.push(error),
    ),
  );
  server.on("upgrade", (request, socket) =>
    guardConnection(
      socket,
      () => answer(request.url, () => socket.end("fine")),
      (error) => told.push(error),
    ),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const ask = async (url: string, headers: string): Promise<string> => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    let text = "";
    socket
      .on("error", () => {})
      .on("data", (data) => {
        text += String(data);
      });
    socket.write(`GET ${url} HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n`);
    await once(socket, "close");
    return text;
  };
  for (const headers of ["Connection: close", "Connection: Upgrade\r\nUpgrade: websocket"]) {
    assert.equal(await ask("/bad", headers), "");
    assert.match(await ask("/good", headers), /fine/);
  }
  assert.deepEqual(told.map(String), ["Error: no answer for that", "Error: no answer for that"]);
  server.close();
});

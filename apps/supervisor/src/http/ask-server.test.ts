import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { z } from "zod";
import { askServer } from "./ask-server.ts";

test("a server that has just given up a kept connection is asked over another one, and once", async (context) => {
  const sockets = new Set<Socket>();
  let heard = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let requests = 0;
    socket
      .on("error", () => {})
      .on("data", () => {
        heard++;
        if (++requests > 1) socket.resetAndDestroy();
        else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
      });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  for (let time = 0; time < 3; time++)
    await askServer({ port, token: "t", method: "POST", path: "/", body: {}, schema: z.unknown() });
  assert.equal(heard, 3);
});

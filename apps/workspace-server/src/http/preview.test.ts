import assert from "node:assert/strict";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { WebSocket, WebSocketServer } from "ws";
import { isPreview, servePreview, upgradePreview } from "./preview.ts";

const controlToken = "c".repeat(43);

const listen = async (server: Server, host: string): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
};

/** A student's program that says what it was asked, and the server in front of it. */
const open = async (host = "127.0.0.1") => {
  const student = createServer((incoming, response) => {
    let body = "";
    incoming.on("data", (data: Buffer) => {
      body += data.toString("utf8");
    });
    incoming.on("end", () =>
      response.end(JSON.stringify({ method: incoming.method, url: incoming.url, headers: incoming.headers, body })),
    );
  });
  const sockets = new WebSocketServer({ server: student });
  sockets.on("connection", (socket, incoming) => {
    socket.send(`hello ${incoming.headers.host}`);
    socket.on("message", (data) => socket.send(`echo ${data}`));
  });
  const studentPort = await listen(student, host);
  const rules = { controlToken, ownPort: 0 };
  const server = createServer((incoming, response) => {
    assert.ok(isPreview(incoming));
    servePreview(incoming, response, rules);
  });
  server.on("upgrade", (incoming, socket, head) => upgradePreview(incoming, { socket, head }, rules));
  const port = await listen(server, "127.0.0.1");
  rules.ownPort = port;
  return {
    port,
    studentPort,
    [Symbol.asyncDispose]: async () => {
      for (const client of sockets.clients) client.terminate();
      for (const one of [server, student]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
    },
  };
};

const call = (
  port: number,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, path, method: options.method ?? "GET", headers: options.headers ?? {} },
      (answer: IncomingMessage) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (data: string) => {
          text += data;
        });
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.once("error", reject).end(options.body);
  });

const asked = { "atelier-control": controlToken };

test("a preview reaches the student's program with the Host it wants, and nothing of ours", async () => {
  await using both = await open();
  const { status, text } = await call(both.port, `/preview/${both.studentPort}/a/../b%2f?c=1`, {
    method: "DELETE",
    headers: { ...asked, cookie: "atelier_abc=secret; theirs=1", "transfer-encoding": "chunked" },
    body: "GET /smuggled HTTP/1.1\r\n\r\n",
  });
  assert.equal(status, 200);
  const seen = JSON.parse(text) as { method: string; url: string; headers: Record<string, string>; body: string };
  assert.deepEqual(
    [seen.method, seen.url, seen.headers["host"], seen.headers["cookie"], seen.headers["atelier-control"], seen.body],
    [
      "DELETE",
      "/a/../b%2f?c=1",
      `localhost:${both.studentPort}`,
      "theirs=1",
      undefined,
      "GET /smuggled HTTP/1.1\r\n\r\n",
    ],
  );
});

test("a program that listens on ::1 only is found", async () => {
  await using both = await open("::1");
  assert.equal((await call(both.port, `/preview/${both.studentPort}/`, { headers: asked })).status, 200);
});

test("only the manager may ask, only for ports of others, and a port where nothing listens says so", async () => {
  await using both = await open();
  const path = `/preview/${both.studentPort}/`;
  const statuses: number[] = [];
  for (const headers of [{}, { "atelier-control": "" }, { "atelier-control": "d".repeat(43) }])
    statuses.push((await call(both.port, path, { headers })).status);
  for (const other of [
    `/preview/${both.port}/`,
    "/preview/7681/",
    "/preview/0/",
    "/preview/70000/",
    "/preview/80",
    "/preview/80x/",
  ])
    statuses.push((await call(both.port, other, { headers: asked })).status);
  assert.deepEqual(statuses, Array(9).fill(404));
  const silent = createServer();
  const free = await listen(silent, "127.0.0.1");
  await new Promise((resolve) => silent.close(resolve));
  const { status, text } = await call(both.port, `/preview/${free}/`, { headers: asked });
  assert.equal(status, 502);
  assert.match(text, new RegExp(`Nothing listens on port ${free} yet`));
});

test("a WebSocket of the student's program works through the preview", async () => {
  await using both = await open();
  const socket = new WebSocket(`ws://127.0.0.1:${both.port}/preview/${both.studentPort}/live`, { headers: asked });
  const messages: string[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject).on("message", (data) => {
      messages.push(String(data));
      if (messages.length === 1) socket.send("x");
      else resolve();
    });
  });
  assert.deepEqual(messages, [`hello localhost:${both.studentPort}`, "echo x"]);
  socket.terminate();
  const refused = new WebSocket(`ws://127.0.0.1:${both.port}/preview/${both.studentPort}/live`);
  const cause = await new Promise<Error>((resolve) => refused.once("error", resolve));
  assert.match(cause.message, /404/);
});

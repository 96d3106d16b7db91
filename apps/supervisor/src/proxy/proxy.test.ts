import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import type { WorkspaceSettings } from "@atelier/backend-docker";
import { WebSocket } from "ws";
import { type FakeMachine, openFakeMachine } from "../testing/open-fake-machine.ts";

let machine: FakeMachine;
let port = 0;
let settings: WorkspaceSettings;
let cookie = "";
before(async () => {
  machine = await openFakeMachine();
  settings = await machine.create("demo");
  await machine.create("other");
  const supervisor = await machine.supervisor();
  await supervisor.start("demo");
  await supervisor.start("other");
  port = supervisor.port;
  cookie = `atelier_fake=${machine.state.token(settings.id, "student")}`;
});
after(() => machine[Symbol.asyncDispose]());

const of = (name: string): string =>
  [...machine.engine.containers.values()].find((container) => container.labels["dev.atelier.workspace"] === name)?.id ??
  "";
interface Echo {
  readonly container: string;
  readonly url: string;
  readonly headers: Record<string, string>;
}
const echo = async (url: string, headers: Record<string, string> = {}): Promise<Echo> =>
  JSON.parse((await machine.call(url, { headers })).text) as Echo;

test("each name leads to its own workspace, and so does the fallback port; hop headers and forged ones stay behind", async () => {
  const seen = await echo(`http://demo.localhost:${port}/echo?a=%2e%2e/`, {
    connection: "x-secret, close",
    "x-secret": "1",
    "atelier-control": "forged",
    te: "trailers",
    "x-kept": "yes",
  });
  assert.deepEqual([seen.container, seen.url, seen.headers["x-kept"]], [of("demo"), "/echo?a=%2e%2e/", "yes"]);
  for (const name of ["x-secret", "te", "atelier-control"]) assert.equal(seen.headers[name], undefined, name);
  assert.match(seen.headers["host"] ?? "", /^127\.0\.0\.1:\d+$/);
  assert.equal((await echo(`http://other.localhost:${port}/echo`)).container, of("other"));
  assert.equal((await echo(`http://127.0.0.1:${settings.port}/echo`)).container, of("demo"));
});

test("the link logs in for the workspace and the previews below it", async () => {
  const link = machine.workspaces.url(settings, "student");
  assert.equal(new URL(link).host, `demo.localhost:${port}`);
  const { status, headers } = await machine.call(link);
  assert.equal(status, 303);
  assert.match(String(headers["set-cookie"]), /^atelier_fake=[^;]+; .*; Domain=demo\.localhost$/);
});

test("an origin of the workspace is passed on as its server knows it; every other one as it is, and refused", async () => {
  const own = await machine.call(`http://demo.localhost:${port}/echo`, {
    headers: { Origin: `http://demo.localhost:${port}` },
  });
  assert.equal(own.status, 200);
  for (const origin of [
    "null",
    `http://other.localhost:${port}`,
    `http://p3000.demo.localhost:${port}`,
    `https://demo.localhost:${port}`,
    "http://evil.example",
  ]) {
    const foreign = await machine.call(`http://demo.localhost:${port}/echo`, { headers: { Origin: origin } });
    assert.equal(foreign.status, 403, origin);
  }
});

test("hostile hosts and paths reach no workspace, and never the manager's own routes", async () => {
  const url = `http://127.0.0.1:${port}`;
  const statusOf = async (host: string, path = "/echo"): Promise<number> =>
    (await machine.call(`${url}${path}`, { headers: { Host: host } })).status;
  /** Of a path as it stands here: other clients would resolve it first. */
  const rawStatus = (path: string, headers = {}): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const host = `demo.localhost:${port}`;
      request({ host: "127.0.0.1", port, path, headers: { Host: host, ...headers } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .once("error", reject)
        .end();
    });
  for (const host of [
    "evil.example",
    `demo.localhost.evil.example:${port}`,
    "demo.localhost",
    `DEMO.localhost:${port}`,
  ])
    assert.equal(await statusOf(host), 421, host);
  assert.equal(await statusOf(`nobody.localhost:${port}`), 404);
  assert.equal(await statusOf(`127.0.0.1:${port}`), 401, "the management API wants its token");
  for (const path of [
    "/preview/3000/",
    "/api/../preview/3000/",
    "/api/control",
    "/api/control?x",
    "/api/control#x",
    "/api/terminals/../control",
    "/api/terminals/%2e%2e/control",
    "/api/terminals/.%2E/control?x",
    "/./api/control",
    "/api\\control",
    "//elsewhere/api/control",
    "//[/api/control",
  ]) {
    assert.equal(await rawStatus(path), 404, path);
    assert.equal(await rawStatus(path, { Connection: "Upgrade", Upgrade: "websocket" }), 404, `upgrade to ${path}`);
  }
  const fallback = await machine.call(`http://127.0.0.1:${settings.port}/echo`, {
    headers: { Host: `other.localhost:${port}` },
  });
  assert.equal(fallback.status, 421, "a fallback port serves one workspace");
  const raw = await new Promise<string>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (data) => {
      text += data.toString();
    });
    socket.on("close", () => resolve(text));
    socket.write(`GET http://evil.example/ HTTP/1.1\r\nHost: demo.localhost:${port}\r\nConnection: close\r\n\r\n`);
  });
  assert.match(raw, /^HTTP\/1\.1 421/, "a whole URL instead of a path");
});

test("an upgrade that is refused may be reset at any moment", async () => {
  for (const host of ["evil.example", `none.localhost:${port}`, `127.0.0.1:${port}`, `p80.demo.localhost:${port}`])
    for (const waitMs of [0, 5])
      await new Promise<void>((resolve, reject) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.write(`GET /live HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
          setTimeout(() => socket.resetAndDestroy(), waitMs);
        });
        socket.once("error", reject).once("close", () => resolve());
      });
  assert.equal((await machine.call(`http://demo.localhost:${port}/echo`)).status, 200);
  const log = await readFile(`${machine.state.path}/supervisor.log`, "utf8");
  assert.doesNotMatch(log, /supervisor\.(?:crashed|stream-unheard)/, "the socket's error was heard where it belongs");
});

test("the management API answers no page and nobody without its token", async () => {
  const url = `http://127.0.0.1:${port}/v1/health`;
  assert.equal((await machine.call(url)).status, 401);
  assert.equal((await machine.call(url, { headers: { Authorization: "Bearer x" } })).status, 401);
  const { readFileSync, statSync } = await import("node:fs");
  const file = `${machine.state.path}/supervisor.json`;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const { token } = JSON.parse(readFileSync(file, "utf8")) as { token: string };
  assert.equal((await machine.call(url, { headers: { Authorization: `Bearer ${token}` } })).status, 200);
  const page = { Authorization: `Bearer ${token}`, Origin: `http://127.0.0.1:${port}` };
  assert.equal((await machine.call(url, { headers: page })).status, 401);
  const rebound = { Authorization: `Bearer ${token}`, Host: `demo.localhost:${port}` };
  assert.equal(
    (await machine.call(url, { headers: rebound })).status,
    401,
    "at another host it is the workspace's route",
  );
});

test("a preview is shown to whoever is logged in, without our cookies, as its program expects to be asked", async () => {
  const url = `http://p3000.demo.localhost:${port}/a/../b?c`;
  const stranger = await machine.call(url, { headers: { Accept: "text/html" } });
  assert.equal(stranger.status, 401);
  assert.match(stranger.text, new RegExp(`<a href="http://demo\\.localhost:${port}/">`));
  const other = `atelier_x=${machine.state.token((await machine.workspaces.find("other")).id, "student")}`;
  assert.equal((await machine.call(url, { headers: { Cookie: other } })).status, 401, "logged in to another one");
  const seen = await machine.call(`http://p3000.demo.localhost:${port}/a?c`, {
    headers: { Cookie: `${cookie}; theirs=1`, Origin: `http://p3000.demo.localhost:${port}` },
  });
  const {
    port: at,
    path,
    headers,
  } = JSON.parse(seen.text) as {
    port: number;
    path: string;
    headers: Record<string, string>;
  };
  assert.deepEqual([seen.status, at, path], [200, 3000, "/a?c"]);
  assert.deepEqual([headers["cookie"], headers["origin"]], ["theirs=1", "http://localhost:3000"]);
});

test("events stream through without being held back, and WebSockets both ways", async () => {
  const first = await new Promise<string>((resolve, reject) => {
    const outgoing = request(
      { host: "127.0.0.1", port, path: "/api/events", headers: { Host: `demo.localhost:${port}` } },
      (answer) =>
        answer.once("data", (data: Buffer) => {
          resolve(data.toString());
          outgoing.destroy();
        }),
    );
    outgoing.once("error", reject).end();
  });
  assert.equal(first, `data: first from ${of("demo")}\n\n`);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, { headers: { Host: `demo.localhost:${port}` } });
  const answer = await new Promise<string>((resolve, reject) => {
    socket
      .once("open", () => socket.send("hi"))
      .once("error", reject)
      .once("message", (data) => resolve(String(data)));
  });
  assert.equal(answer, `${of("demo")}: hi`);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  machine.engine.kill(of("demo"));
  await closed;
});

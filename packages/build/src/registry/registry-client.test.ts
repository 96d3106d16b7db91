import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { isAppError } from "@atelier/domain";
import type { Credentials } from "./credentials.ts";
import { parseRepository } from "./image-repository.ts";
import { openRegistry, type RegistryClient } from "./registry-client.ts";

const account: Credentials = { kind: "password", user: "ann", password: "p:w d" };
const digest = `sha256:${"1".repeat(64)}`;

/** Address of a server of this process that ends with the test. */
const listen = async (context: TestContext, answer: RequestListener): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume().once("end", () => answer(request, response));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const clientOf = (
  context: TestContext,
  registry: string,
  options: { readonly silence?: number; readonly env?: Readonly<Record<string, string>> } = {},
): RegistryClient => {
  const client = openRegistry(parseRepository(`${registry}/team/lab`), {
    credentials: account,
    env: {},
    signal: AbortSignal.timeout(30_000),
    ...options,
  });
  context.after(() => client[Symbol.dispose]());
  return client;
};

test("a blob that a registry keeps elsewhere is found there, and nobody there learns who we are", async (context) => {
  const seen: string[] = [];
  const elsewhere = await listen(context, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(request.url === "/there" ? 200 : 404).end();
  });
  const registry = await listen(context, (request, response) => {
    const isThere = request.url?.endsWith(digest) === true;
    // Once around the registry itself, by a path.
    if (request.url === "/away") response.writeHead(302, { location: `http://${elsewhere}/there` }).end();
    else response.writeHead(307, { location: isThere ? "/away" : `http://${elsewhere}/gone` }).end();
  });
  const client = clientOf(context, registry);
  assert.equal(await client.hasBlob(digest), true);
  assert.equal(await client.hasBlob(`sha256:${"2".repeat(64)}`), false);
  assert.deepEqual(seen, ["HEAD /there undefined", "HEAD /gone undefined"]);
});

test("a registry that leads in a circle has nothing", async (context) => {
  const registry = await listen(context, (request, response) => {
    response.writeHead(307, { location: request.url ?? "" }).end();
  });
  assert.equal(await clientOf(context, registry).hasBlob(digest), false);
});

test("a login is not sent in clear text to another machine, whatever the registry asks for", async (context) => {
  const seen: string[] = [];
  const network = await listen(context, (request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    response.end('{"token":"t"}');
  });
  const registry = await listen(context, (_request, response) => {
    response
      .writeHead(401, { "www-authenticate": 'Bearer realm="http://tokens.test/token",service="s",scope="a:b:pull"' })
      .end();
  });
  // Whatever goes to another machine goes through here.
  const client = clientOf(context, registry, { env: { HTTP_PROXY: `http://${network}`, NO_PROXY: "127.0.0.1" } });
  await assert.rejects(
    client.hasBlob(digest),
    (error) => isAppError(error) && error.code === "push-refused" && /clear text to tokens\.test/.test(error.message),
  );
  assert.deepEqual(seen, []);
});

test("a registry that takes a request and says nothing is not waited for without end", async (context) => {
  const registry = await listen(context, () => {});
  await assert.rejects(
    clientOf(context, registry, { silence: 300 }).hasBlob(digest),
    (error) => isAppError(error) && error.code === "registry-unreachable" && /nothing moved/.test(error.message),
  );
});

test("a kept connection that the registry closes as it is taken up again costs nothing", async (context) => {
  const used = new Set<Socket>();
  const registry = await listen(context, ({ socket }: IncomingMessage, response: ServerResponse) => {
    if (used.has(socket)) return socket.destroy();
    used.add(socket);
    response.writeHead(200, { "content-length": 0 }).end();
  });
  const client = clientOf(context, registry);
  for (let asked = 0; asked < 3; asked++) {
    assert.equal(await client.hasBlob(digest), true);
    // A connection is kept once its answer was dealt with.
    await sleep(20);
  }
  assert.equal(used.size, 3);
});

/** A server that answers a PUT before it has read anything of it, and ends the connection. */
const refusesBodies = async (context: TestContext, status: number, seen: string[]): Promise<string> => {
  const server = createServer((request, response) => {
    if (request.method === "POST") response.writeHead(202, { location: `${request.url}1` }).end();
    else request.resume().once("end", () => response.writeHead(201).end());
  });
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    seen.push(`asked for ${request.headers["content-length"]}`);
    response.writeHead(status, { connection: "close" }).end("too big");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const bigBlob = (opened: () => void) => ({
  digest,
  size: 1024 ** 2,
  what: 'layer 2 of 3 of step "one"',
  open: () => {
    opened();
    return Readable.from([Buffer.alloc(1024 ** 2)]);
  },
});

test("a layer that a registry does not take is refused in its words, before any of it is sent", async (context) => {
  const seen: string[] = [];
  const client = clientOf(context, await refusesBodies(context, 413, seen));
  await assert.rejects(
    client.putBlob(bigBlob(() => seen.push("opened"))),
    (error) =>
      isAppError(error) &&
      error.code === "push-refused" &&
      error.message.endsWith('refused layer 2 of 3 of step "one": 413 too big') &&
      /too big for the registry/.test(error.hint ?? ""),
  );
  assert.deepEqual(seen, [`asked for ${1024 ** 2}`]);
});

test("who cannot be asked first is sent the layer", async (context) => {
  const seen: string[] = [];
  await clientOf(context, await refusesBodies(context, 417, seen)).putBlob(bigBlob(() => seen.push("opened")));
  assert.deepEqual(seen, [`asked for ${1024 ** 2}`, "opened"]);
});

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Duplex, Readable } from "node:stream";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { defaultRemedies, isAppError } from "@atelier/domain";
import { connectEngine, type Engine } from "./engine.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface FakeEngine {
  readonly handlers: Map<string, Handler>;
  /** Connections that were taken over. */
  onUpgrade: (socket: Duplex) => void;
  connect(signal?: AbortSignal): Promise<Engine>;
}

/** An engine of our own behind a socket: `METHOD /path` → handler, paths with the version they came with. */
const withFake = async (run: (fake: FakeEngine) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-engine-"));
  const path = join(folder, "engine.sock");
  const handlers = new Map<string, Handler>([
    ["GET /version", (_request, response) => response.end('{"ApiVersion":"1.41"}')],
  ]);
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url?.split("?")[0]}`;
    const handler = handlers.get(key);
    if (handler) return handler(request, response);
    response.writeHead(404).end(JSON.stringify({ message: `no ${key}` }));
  });
  const open = new Set<Duplex>();
  const fake: FakeEngine = {
    handlers,
    onUpgrade: () => {},
    connect: (signal) => connectEngine({ kind: "socket", path }, signal),
  };
  server.on("connection", (socket) => {
    open.add(socket);
    // A client that goes away is what some of these tests are about.
    socket.on("error", () => {});
  });
  server.on("upgrade", (_request, socket) => {
    socket.on("error", () => {});
    socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
    fake.onUpgrade(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    await run(fake);
  } finally {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  }
};

const failureOf = async (work: Promise<unknown>): Promise<{ code: string; message: string; hint?: string }> => {
  try {
    await work;
  } catch (error) {
    if (isAppError(error))
      return { code: error.code, message: error.message, ...(error.hint ? { hint: error.hint } : {}) };
    throw error;
  }
  return assert.fail("it succeeded");
};

const answer =
  (status: number, body: string): Handler =>
  (_request, response) => {
    response.writeHead(status).end(body);
  };

test("nobody listening is docker-unreachable with the place that was tried", async () => {
  const failure = await failureOf(connectEngine({ kind: "socket", path: "/nonexistent/engine.sock" }));
  assert.equal(failure.code, "docker-unreachable");
  assert.match(failure.message, /\/nonexistent\/engine\.sock/);
  assert.ok(failure.hint);
});

for (const [offered, used] of [
  ["1.41", "v1.41"],
  ["1.44", "v1.44"],
  ["1.99", "v1.47"],
] as const)
  test(`an engine that offers API ${offered} is spoken to in ${used}`, () =>
    withFake(async ({ handlers, connect }) => {
      handlers.set("GET /version", answer(200, `{"ApiVersion":"${offered}"}`));
      handlers.set(`GET /${used}/containers/json`, answer(200, "[]"));
      using engine = await connect();
      assert.deepEqual(await engine.listContainers([]), []);
    }));

test("an engine that answers a ping is not asked for its version", () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("GET /version", answer(500, "it takes its time"));
    handlers.set("GET /_ping", (_request, response) => response.setHeader("Api-Version", "1.43").end("OK"));
    handlers.set("GET /v1.43/containers/json", answer(200, "[]"));
    using engine = await connect();
    assert.deepEqual(await engine.listContainers([]), []);
  }));

test("an engine before 20.10 is refused", () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("GET /version", answer(200, '{"ApiVersion":"1.5"}'));
    assert.equal((await failureOf(connect())).code, "docker-too-old");
  }));

test("something else behind the socket is a failure in words", () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("GET /version", answer(200, "<html>hello</html>"));
    assert.match((await failureOf(connect())).message, /no Docker engine/);
    handlers.set("GET /version", answer(200, '{"hello":"world"}'));
    assert.match((await failureOf(connect())).message, /GET \/version is not understood: ApiVersion/);
  }));

test("what the engine refuses keeps its own words under our codes", () =>
  withFake(async ({ handlers, connect }) => {
    using engine = await connect();
    const say = (status: number, message: string): void =>
      void handlers.set("GET /v1.41/containers/x/json", answer(status, JSON.stringify({ message })));
    say(404, "No such container: x");
    assert.deepEqual(await failureOf(engine.inspectContainer("x")), {
      code: "docker-not-found",
      message: "No such container: x",
      hint: defaultRemedies["docker-not-found"],
    });
    say(409, "name in use");
    assert.equal((await failureOf(engine.inspectContainer("x"))).code, "docker-conflict");
    say(500, "write /layer: no space left on device");
    const full = await failureOf(engine.inspectContainer("x"));
    assert.equal(full.code, "docker-failed");
    assert.match(full.hint ?? "", /disk is full/);
  }));

test("removing what is gone succeeds; a path or image that does not exist is undefined", () =>
  withFake(async ({ connect }) => {
    using engine = await connect();
    await engine.removeContainer("gone");
    await engine.removeImage("gone:1");
    assert.equal(await engine.inspectImage("gone:1"), undefined);
    assert.equal(await engine.statPath("gone", "/etc"), undefined);
  }));

test("a path's header becomes its stat", () =>
  withFake(async ({ handlers, connect }) => {
    const stat = {
      name: "sh",
      size: 4,
      mode: 0o1000000777,
      mtime: "2026-01-01T00:00:00Z",
      linkTarget: "/usr/bin/dash",
    };
    handlers.set("HEAD /v1.41/containers/c/archive", (_request, response) => {
      response.setHeader("X-Docker-Container-Path-Stat", Buffer.from(JSON.stringify(stat)).toString("base64")).end();
    });
    using engine = await connect();
    const { mtime: _mtime, ...seen } = stat;
    assert.deepEqual(await engine.statPath("c", "/bin/sh"), seen);
  }));

test("a body that breaks off is docker-failed, not a bare error", () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("GET /v1.41/info", (request, response) => {
      response.writeHead(200, { "Content-Length": 100 }).write('{"Serv');
      setTimeout(() => request.socket.destroy(), 10);
    });
    using engine = await connect();
    assert.equal((await failureOf(engine.info())).code, "docker-failed");
  }));

test("an engine that restarted between two calls is found again", () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("GET /v1.41/networks", answer(200, "[]"));
    using engine = await connect();
    let calls = 0;
    handlers.set("GET /v1.41/containers/json", (request, response) => {
      // The first call arrives on the kept-alive connection and finds it dead.
      if (++calls === 1) request.socket.destroy();
      else response.end("[]");
    });
    await engine.listNetworks([]);
    assert.deepEqual(await engine.listContainers([]), []);
    assert.equal(calls, 2);
  }));

test("an abort ends a call that waits, with its own reason", { timeout: 5000 }, () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("POST /v1.41/containers/c/wait", () => {});
    using engine = await connect();
    const reason = new Error("enough");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    await assert.rejects(engine.waitContainer("c", controller.signal), reason);
    await assert.rejects(engine.waitContainer("c", AbortSignal.abort(reason)), reason);
  }),
);

const frame = (stream: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);

test("exec sends its input, tells both streams apart and answers the exit code", { timeout: 5000 }, () =>
  withFake(async (fake) => {
    fake.handlers.set("POST /v1.41/containers/c/exec", answer(201, '{"Id":"e1"}'));
    fake.handlers.set("GET /v1.41/exec/e1/json", answer(200, '{"ExitCode":7}'));
    fake.onUpgrade = (socket) => {
      const chunks: Buffer[] = [];
      socket.on("data", (data: Buffer) => chunks.push(data));
      socket.on("end", () => {
        socket.write(frame(1, `got ${Buffer.concat(chunks)}`));
        socket.end(frame(2, "but"));
      });
    };
    using engine = await fake.connect();
    const seen: string[] = [];
    const result = await engine.exec("c", {
      argv: ["cat"],
      input: "input",
      onOutput: (stream, data) => seen.push(`${stream}:${data}`),
    });
    assert.match(result.stdout, /^got .*input$/);
    assert.deepEqual({ ...result, stdout: "", seen: seen.length }, { exitCode: 7, stdout: "", stderr: "but", seen: 2 });
  }),
);

test("an abort ends an exec while it starts and while it runs", { timeout: 5000 }, () =>
  withFake(async (fake) => {
    fake.handlers.set("POST /v1.41/containers/c/exec", answer(201, '{"Id":"e1"}'));
    using engine = await fake.connect();
    const reason = new Error("stop it");
    for (const delay of [0, 50]) {
      const controller = new AbortController();
      // At once: the abort falls between the engine's answer and our first read.
      fake.onUpgrade = () =>
        void (delay === 0 ? controller.abort(reason) : setTimeout(() => controller.abort(reason), delay));
      await assert.rejects(engine.exec("c", { argv: ["sleep"], signal: controller.signal }), reason, `${delay} ms`);
    }
  }),
);

test("progress lines reach the reader, and an error among them is thrown at the end", () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("POST /v1.41/images/create", (_request, response) => {
      response.write('{"status":"Pulling from x","id":"12"}\r\n{"sta');
      response.end('tus":"Waiting"}\r\n{"error":"toomanyrequests"}\r\n');
    });
    using engine = await connect();
    const lines: string[] = [];
    const failure = await failureOf(engine.pullImage("x:1", { onStatus: (line) => lines.push(line) }));
    assert.deepEqual(lines, ["12: Pulling from x", "Waiting"]);
    assert.deepEqual(failure, {
      code: "image-not-pulled",
      message: "toomanyrequests",
      hint: defaultRemedies["image-not-pulled"],
    });
  }));

test("a pull asks for one tag, never for all there are", () =>
  withFake(async ({ handlers, connect }) => {
    const asked: (string | null)[] = [];
    handlers.set("POST /v1.41/images/create", (request, response) => {
      asked.push(new URL(request.url ?? "", "http://engine").searchParams.get("tag"));
      response.end();
    });
    using engine = await connect();
    for (const reference of ["alpine", "localhost:5000/a/b", "a/b:2", `a@sha256:${"0".repeat(64)}`])
      await engine.pullImage(reference, { onStatus: () => {} });
    assert.deepEqual(asked, ["latest", "latest", null, null]);
  }));

test("logins reach the engine as it reads them: base64 of URLs with its padding, whatever their length", () =>
  withFake(async ({ handlers, connect }) => {
    const seen: unknown[] = [];
    const note =
      (name: string): Handler =>
      (request, response) => {
        const text = String(request.headers[name]);
        const json = Buffer.from(text, "base64url").toString("utf8");
        // Go's decoder drops what stands in an incomplete group of four.
        assert.match(text, /^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)?$/);
        seen.push(JSON.parse(json));
        request.resume();
        request.once("end", () => response.end());
      };
    handlers.set("POST /v1.41/images/create", note("x-registry-auth"));
    handlers.set("POST /v1.41/build", note("x-registry-config"));
    using engine = await connect();
    const wanted: unknown[] = [];
    for (const password of ["ÿ", "ÿÿ>", "ÿÿ>?a"]) {
      const auth = { serveraddress: "registry.test", username: "ann", password };
      await engine.pullImage("registry.test/a:1", { auth, onStatus: () => {} });
      await engine.buildImage(Readable.from([]), {
        ...{ dockerfile: "Containerfile", tag: "t", labels: {}, onOutput: () => {} },
        logins: [auth],
      });
      wanted.push(auth, { "registry.test": auth });
    }
    assert.deepEqual(seen, wanted);
  }));

test("events come one by one until the signal", { timeout: 5000 }, () =>
  withFake(async ({ handlers, connect }) => {
    handlers.set("GET /v1.41/events", (_request, response) => {
      const event = { Type: "container", Action: "die", Actor: { ID: "c1", Attributes: { exitCode: "0" } }, time: 5 };
      response.write(`${JSON.stringify(event)}\n`);
    });
    using engine = await connect();
    const controller = new AbortController();
    const seen: unknown[] = [];
    await assert.rejects(async () => {
      for await (const event of engine.events(["a=b"], controller.signal)) {
        seen.push(event);
        controller.abort();
      }
    });
    assert.deepEqual(seen, [
      { Type: "container", Action: "die", Actor: { ID: "c1", Attributes: { exitCode: "0" } }, time: 5 },
    ]);
  }),
);

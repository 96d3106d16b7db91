import assert from "node:assert/strict";
import { readdir, readFile, readlink } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { downloadCases, fillWithWork, unsettledRoutes } from "../testing/download-cases.ts";
import { bearer, openTestServer, type TestServer, tokens } from "../testing/open-test-server.ts";

let server: TestServer;
/** As long as a loaded machine may need for what is done at once. */
const patienceMs = 20_000;
const logged: Readonly<Record<string, unknown>>[] = [];
/** What would have ended a real server; the runner takes it for noise of the hook that started this one. */
const thrown: unknown[] = [];
const onThrown = (error: unknown): void => {
  thrown.push(error);
};
before(async () => {
  process.on("uncaughtException", onThrown).on("unhandledRejection", onThrown);
  server = await openTestServer({ log: (event) => logged.push(event) });
  await fillWithWork(server);
});
after(async () => {
  await server[Symbol.asyncDispose]();
  process.off("uncaughtException", onThrown).off("unhandledRejection", onThrown);
});

test("every route that answers a GET is a download with a case, or is said to be none", () => {
  assert.deepEqual(unsettledRoutes(), []);
});

interface Cut {
  /** Bytes of the body after which the connection goes; undefined: none goes before the end. */
  readonly after?: number;
  /** Goes as soon as the request is out. */
  readonly isBeforeHeaders?: boolean;
  /** Does not read for so long before it goes, so that everything on the way is full. */
  readonly stallMs?: number;
  /** Called with the headers; not a byte is read before it is done. */
  readonly onHeaders?: () => Promise<void>;
  readonly method?: string;
}

interface Got {
  readonly status: number;
  readonly bytes: number;
  readonly isComplete: boolean;
}

/** Downloads, and goes away where it is told to. */
const download = (
  { path, token }: { readonly path: string; readonly token: string },
  { after: most = Number.POSITIVE_INFINITY, isBeforeHeaders, stallMs = 0, onHeaders, method = "GET" }: Cut,
): Promise<Got> =>
  new Promise((resolve, reject) => {
    const headers = { Host: `127.0.0.1:${server.port}`, ...bearer(token) };
    const outgoing = request({ host: "127.0.0.1", port: server.port, method, path, headers, agent: false });
    let bytes = 0;
    let answer: IncomingMessage | undefined;
    outgoing.once("close", () =>
      resolve({ status: answer?.statusCode ?? 0, bytes, isComplete: answer?.complete === true }),
    );
    outgoing.on("error", (error) => (isBeforeHeaders || answer ? undefined : reject(error)));
    outgoing.once("response", (incoming) => {
      answer = incoming;
      incoming.on("error", () => {});
      incoming.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes < most) return;
        incoming.pause();
        setTimeout(() => outgoing.destroy(), stallMs);
      });
      if (onHeaders === undefined) return;
      incoming.pause();
      onHeaders().then(() => incoming.resume(), reject);
    });
    outgoing.end(() => (isBeforeHeaders ? setImmediate(() => outgoing.destroy()) : undefined));
  });

/** Our processes that work on the student's files. */
const workers = async (): Promise<readonly number[]> => {
  const pids: number[] = [];
  for (const task of await readdir("/proc/self/task")) {
    const children = await readFile(`/proc/self/task/${task}/children`, "utf8").catch(() => "");
    for (const pid of children.split(" ").filter(Boolean)) {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      if (line.includes("files/worker/main.ts")) pids.push(Number(pid));
    }
  }
  return pids;
};
/** What is open of the recordings and of the student's work. */
const openFiles = async (): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const fd of await readdir("/proc/self/fd")) {
    const path = await readlink(`/proc/self/fd/${fd}`).catch(() => "");
    if (path.startsWith(server.at()) && (path.endsWith(".cast") || path.endsWith(".bin"))) found.push(path);
  }
  return found;
};

/** Nothing was thrown, the server answers, and nothing of a download is left: no process, no open file. */
const isUnharmed = async (): Promise<void> => {
  const list = server.call("GET", "/api/files?path=~", bearer(tokens.student));
  const reply = await Promise.race([list, sleep(patienceMs, undefined, { ref: false })]);
  assert.equal(reply?.status, 200, reply?.text ?? "the list of files does not come");
  for (const deadline = performance.now() + patienceMs; ; await sleep(10)) {
    const left = [...(await workers()).map((pid) => `process ${pid}`), ...(await openFiles())];
    if (left.length === 0) break;
    assert.ok(performance.now() < deadline, `left behind: ${left.join("; ")}`);
  }
  assert.deepEqual(thrown.splice(0), []);
};

for (const [name, caseOf] of Object.entries(downloadCases))
  describe(name, () => {
    test("comes whole", async () => {
      const { leastBytes, ...where } = caseOf();
      const { status, bytes, isComplete } = await download(where, {});
      assert.deepEqual([status, isComplete], [200, true]);
      assert.ok(bytes >= leastBytes, `${bytes} bytes`);
      await isUnharmed();
    });

    test("may be given up anywhere", async () => {
      const { leastBytes, ...where } = caseOf();
      const cuts: readonly Cut[] = [
        { isBeforeHeaders: true },
        { after: 1 },
        { after: 300_000, stallMs: 50 },
        { after: leastBytes / 2 },
        { after: leastBytes - 1 },
      ];
      for (const cut of cuts) await download(where, cut);
      await isUnharmed();
    });

    test("may be given up five times in a row, and five at once", async () => {
      const where = caseOf();
      for (let time = 0; time < 5; time++) await download(where, { after: 1 + time * 100_000 });
      await Promise.all(Array.from({ length: 5 }, (_, index) => download(where, { after: 1 + index * 100_000 })));
      await Promise.all(Array.from({ length: 5 }, () => download(where, { isBeforeHeaders: true })));
      await isUnharmed();
    });

    test("of a HEAD there is nothing left", async () => {
      const where = caseOf();
      for (let time = 0; time < 5; time++) {
        const { status, bytes, isComplete } = await download(where, { method: "HEAD" });
        assert.deepEqual([status, bytes, isComplete], [200, 0, true]);
      }
      await isUnharmed();
    });
  });

/** Ends whoever works on files now, or will at once. */
const killWorkers = async (): Promise<void> => {
  for (const deadline = performance.now() + patienceMs; (await workers()).length === 0; await sleep(1))
    assert.ok(performance.now() < deadline, "no process works on it");
  for (const pid of await workers()) process.kill(pid, "SIGKILL");
};

for (const name of ["GET /api/files/content", "GET /api/files/archive", "GET /api/work/archive"])
  test(`${name} is torn, never ended, when what makes it dies, and the log says why`, async () => {
    logged.length = 0;
    const where = downloadCases[name]?.();
    assert.ok(where);
    const killed = Promise.withResolvers<void>();
    const { status, isComplete } = await download(where, {
      onHeaders: async () => {
        killWorkers().then(killed.resolve, killed.reject);
        // In the whole work the recordings come first: they have to be read before anybody works on files.
        if (name !== "GET /api/work/archive") await killed.promise;
      },
    });
    await killed.promise;
    assert.deepEqual([status, isComplete], [200, false]);
    await isUnharmed();
    assert.match(JSON.stringify(logged), /"http.failed","error":"[^"]*(ended early|Unexpected end)/);
  });

/** Begins to bring a file in, and goes away in the middle. */
const upload = (name: string, goneAfterMs: number): Promise<void> =>
  new Promise((resolve) => {
    const outgoing = request({
      host: "127.0.0.1",
      port: server.port,
      method: "PUT",
      path: `/api/files/content?path=~/uploads/${name}`,
      headers: { Host: `127.0.0.1:${server.port}`, Origin: server.origin, ...bearer(tokens.student) },
      agent: false,
    });
    outgoing.on("error", () => {}).once("close", resolve);
    outgoing.write(Buffer.alloc(1_000_000));
    setTimeout(() => outgoing.destroy(), goneAfterMs);
  });

test("an upload may be given up at its beginning, in the middle, and while it waits for its turn", async () => {
  await server.write("home/uploads/kept", "");
  for (const goneAfterMs of [0, 20, 250]) await upload("one", goneAfterMs);
  await isUnharmed();
  const where = downloadCases["GET /api/files/archive"]?.();
  assert.ok(where);
  const busy = Array.from({ length: 4 }, () => download(where, { after: 1, stallMs: 200 }));
  await sleep(100);
  await Promise.all([...busy, ...[10, 20, 30, 40, 50].map((goneAfterMs) => upload(`${goneAfterMs}`, goneAfterMs))]);
  await isUnharmed();
  assert.deepEqual(await readdir(server.at("home", "uploads")), ["kept"], "nothing half written stays");
});

test("an upgrade that is refused may be reset at any moment", async () => {
  for (const path of ["/api/terminals/none", "/nothing", "/preview/1/"])
    for (const waitMs of [0, 5])
      await new Promise<void>((resolve, reject) => {
        const socket = connect(server.port, "127.0.0.1", () => {
          socket.write(
            `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
          );
          setTimeout(() => socket.resetAndDestroy(), waitMs);
        });
        socket.once("error", reject).once("close", () => resolve());
      });
  await isUnharmed();
});

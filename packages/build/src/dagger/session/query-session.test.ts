import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createFakeDagger } from "../../testing/fake-dagger.ts";
import { openSession } from "./open-session.ts";
import { ConnectionLost, type QueryFailed, querySession } from "./query-session.ts";

const never = new AbortController().signal;

test("a session answers whoever has its token, and ends with its work", async () => {
  await using dagger = await createFakeDagger();
  {
    await using session = await openSession({ host: dagger, env: process.env, signal: never });
    using query = querySession(session.address, never);
    assert.match(JSON.stringify(await query.request("{version}")), /^\{"pid":\d+\}$/);
    using stranger = querySession({ ...session.address, token: "guessed" }, never);
    await assert.rejects(stranger.request("{version}"), ConnectionLost);
  }
  const [began = "", ended = ""] = await dagger.noted();
  assert.match(began, /^began \d+ session --silent --label /);
  assert.equal(ended, began.replace(/^began (\d+).*/, "ended $1"));
});

test("a command that failed is told with its code and what it said", async () => {
  await using dagger = await createFakeDagger();
  await using session = await openSession({ host: dagger, env: process.env, signal: never });
  using query = querySession(session.address, never);
  await assert.rejects(query.request("fails"), (error: QueryFailed) => {
    assert.deepEqual([error.message, error.exitCode, error.stdout, error.stderr], ["exit code: 3", 3, "out", "err"]);
    return true;
  });
});

test("an interrupted query is cancelled where it runs, and the next one is answered", async () => {
  await using dagger = await createFakeDagger();
  await using session = await openSession({ host: dagger, env: process.env, signal: never });
  const interrupt = new AbortController();
  using query = querySession(session.address, interrupt.signal);
  const asked = query.request("slow");
  while (!(await dagger.noted()).includes("asked")) await sleep(5);
  interrupt.abort(new Error("interrupted"));
  await assert.rejects(asked, { message: "interrupted" });
  while (!(await dagger.noted()).includes("cancelled")) await sleep(5);
  using next = querySession(session.address, never);
  assert.ok(await next.request("{version}"));
});

test("a connection that the other side closed while it was kept costs another one, and no more than that", async () => {
  const asked: string[] = [];
  let closes = true;
  const server = createServer((socket) => {
    let requests = 0;
    socket.on("error", () => {});
    socket.on("data", (data) => {
      const text = String(data);
      asked.push(/"query":"(\w+)"/.exec(text)?.[1] ?? text);
      // The first on each connection is answered; the second finds it closed, or both do.
      if (closes && ++requests > 1) socket.resetAndDestroy();
      else if (text.includes("dies")) socket.resetAndDestroy();
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"data":"here"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  using _closed = { [Symbol.dispose]: () => server.close() };
  const { port } = server.address() as AddressInfo;
  using query = querySession({ port, token: "t" }, never);
  assert.equal(await query.request("one"), "here");
  assert.equal(await query.request("two"), "here");
  closes = false;
  // Nobody is asked a third time.
  assert.equal(await query.request("three"), "here");
  await assert.rejects(query.request("dies"), ConnectionLost);
  assert.deepEqual(asked, ["one", "two", "two", "three", "dies", "dies"]);
});

test("a session that does not begin says what the program said", async () => {
  await using dagger = await createFakeDagger();
  await dagger.break();
  const open = (cli: string) => openSession({ host: { cli }, env: process.env, signal: never });
  await assert.rejects(open(dagger.cli), { message: "no engine here" });
  await assert.rejects(open("/nothing"), { message: /ENOENT/ });
  await assert.rejects(open("/bin/true"), { message: "`dagger session` ended without a word" });
});

test("an engine that never answers is given up, and nothing goes on waiting for it", async () => {
  await using dagger = await createFakeDagger();
  await dagger.silence();
  const opening = openSession({
    host: { ...dagger, runner: "tcp://127.0.0.1:1" },
    env: process.env,
    answerMs: 500,
    signal: never,
  });
  await assert.rejects(opening, /tcp:\/\/127\.0\.0\.1:1 did not answer within 0\.5 s/);
});

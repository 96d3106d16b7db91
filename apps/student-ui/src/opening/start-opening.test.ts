import assert from "node:assert/strict";
import { test } from "node:test";
import { type OpeningParts, startOpening } from "./start-opening.ts";

const play = (answers: Readonly<Record<string, () => Promise<Response>>>) => {
  const asked: string[] = [];
  const sockets: { readonly address: string; isClosed: boolean }[] = [];
  const later: (() => void)[] = [];
  const parts: OpeningParts = {
    fetch: async (input) => {
      asked.push(String(input));
      return (await answers[String(input)]?.()) ?? new Response("fresh");
    },
    newSocket: (address) => {
      const socket = { address, isClosed: false, close: () => void (socket.isClosed = true) };
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    location: "https://git.localhost:7780/#step",
    after: (_ms, task) => {
      later.push(task);
    },
  };
  return { opening: startOpening(parts), asked, sockets, later };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const terminals = (body: string, status = 200) => ({ "/api/terminals": async () => new Response(body, { status }) });
const address = "wss://git.localhost:7780/api/terminals/1";

test("what is on its way is answered once; whoever asks again asks the server", async () => {
  let isFirst = true;
  const answer = async (): Promise<Response> => {
    const response = new Response(isFirst ? "early" : "late");
    isFirst = false;
    return response;
  };
  const { opening, asked } = play({ "/api/workspace": answer });
  const texts: string[] = [];
  for (const method of ["POST", "GET", "GET"])
    texts.push(await (await opening.fetch("/api/workspace", { method })).text());
  assert.deepEqual(texts, ["late", "early", "late"]);
  assert.deepEqual(asked, ["/api/workspace", "/api/terminals", "/api/workspace", "/api/workspace"]);
});

test("the list of terminals can still be read after its first one was dialled, and the socket is handed over once", async () => {
  const list = '[{"name":"1"},{"name":"2"}]';
  const { opening, sockets, later } = play(terminals(list));
  await settled();
  assert.deepEqual(
    sockets.map((socket) => socket.address),
    [address],
  );
  assert.equal(await (await opening.fetch("/api/terminals")).text(), list);
  assert.equal(opening.takeSocket(`${address}0`), undefined);
  assert.ok(opening.takeSocket(address));
  assert.equal(opening.takeSocket(address), undefined);
  for (const task of later) task();
  assert.equal(sockets[0]?.isClosed, false);
});

test("a socket that nobody takes is closed", async () => {
  const { sockets, later } = play(terminals('[{"name":"1"}]'));
  await settled();
  for (const task of later) task();
  assert.equal(sockets[0]?.isClosed, true);
});

test("nothing is dialled for a list without terminals, and a request that fails fails for who asks", async () => {
  for (const answers of [
    terminals("[]"),
    terminals('[{"name":"1"}]', 503),
    terminals("no list"),
    terminals('[{"name":"../../login"}]'),
    { "/api/terminals": () => Promise.reject(new TypeError("network")) },
  ]) {
    const { sockets, opening } = play(answers);
    await settled();
    assert.deepEqual(sockets, []);
    if (!(await answers["/api/terminals"]().catch(() => undefined)))
      await assert.rejects(opening.fetch("/api/terminals"), /network/);
  }
});

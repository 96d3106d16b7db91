import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { controlPath, type ManagerMessage, type WorkspaceMessage, workspaceMessageSchema } from "@atelier/contract";
import { WebSocket } from "ws";
import { bearer, openTestServer, type TestServer, tokens } from "../testing/open-test-server.ts";

interface Manager extends Disposable {
  say(message: ManagerMessage): void;
  /** The first message for which this holds, of those that came and that come. */
  heard<T extends WorkspaceMessage["t"]>(t: T): Promise<Extract<WorkspaceMessage, { t: T }>>;
}

const manage = async (server: TestServer): Promise<Manager> => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${controlPath}`, {
    headers: { Host: `127.0.0.1:${server.port}`, ...bearer(tokens.control) },
  });
  const messages: WorkspaceMessage[] = [];
  socket.on("message", (data) => messages.push(workspaceMessageSchema.parse(JSON.parse(String(data)))));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const heard = async (t: string): Promise<never> => {
    for (let tries = 0; tries < 1000; tries++) {
      const found = messages.find((message) => message.t === t);
      if (found) return found as never;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.fail(`no ${t} came`);
  };
  return {
    say: (message) => socket.send(JSON.stringify(message)),
    heard,
    [Symbol.dispose]: () => socket.terminate(),
  };
};

test("a kubeconfig that comes while the student works takes the place of the one before", async () => {
  await using server = await openTestServer();
  using manager = await manage(server);
  manager.say({ t: "kubeconfig", call: "1", text: "of: another cluster\n" });
  const { ok, cause } = await manager.heard("answer");
  assert.deepEqual([ok, cause], [true, undefined]);
  assert.equal(await readFile(server.at("kube/config"), "utf8"), "of: another cluster\n");
});

test("an undo that is repeated to the next manager says the image as the first time", async () => {
  await using server = await openTestServer({ isStandby: true });
  for (let tries = 0; !(await server.call("GET", "/api/boot", {})).text.includes('"standby"'); tries++) {
    assert.ok(tries < 1000, "it does not stand by");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  using first = await manage(server);
  const left = { type: "released", reason: "goto", checkpoint: "c1", image: "two" };
  await writeFile(
    server.at("runtime/state-events.jsonl"),
    `${JSON.stringify({ v: 1, seq: 1, ts: "2026-01-01T00:00:00.000Z", ...left })}\n`,
  );
  first.say({ t: "take-lease", call: "1", restore: { kind: "none" } });
  assert.equal((await first.heard("answer")).ok, true);
  await server.server.booted;
  const asked = await server.call(
    "POST",
    "/api/requests",
    { ...bearer(tokens.student), Origin: server.origin, "Content-Type": "application/json" },
    JSON.stringify({ kind: "undo" }),
  );
  assert.equal(asked.status, 202, asked.text);
  const { request, id } = await first.heard("request");
  assert.deepEqual(request, { kind: "undo", checkpoint: "c1", image: "two" });
  using second = await manage(server);
  const repeated = await second.heard("request");
  assert.deepEqual([repeated.id, repeated.request], [id, request]);
});

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
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

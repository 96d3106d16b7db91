import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";
import { bootViewSchema, controlPath, type WorkspaceMessage, workspaceMessageSchema } from "@atelier/contract";
import { WebSocket } from "ws";
import { bearer, openTestServer, tokens } from "./testing/open-test-server.ts";

test("who hands the lease to a server that then cannot open its volume is told why, at once", async () => {
  await using server = await openTestServer({ isStandby: true });
  const phase = async (): Promise<string> =>
    bootViewSchema.parse(JSON.parse((await server.call("GET", "/api/boot", {})).text)).phase;
  for (let tries = 0; tries < 500 && (await phase()) !== "standby"; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  // As a volume that cannot be written: the file of the events cannot be opened.
  await mkdir(server.at("runtime/state-events.jsonl"), { recursive: true });
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${controlPath}`, {
    headers: { Host: `127.0.0.1:${server.port}`, ...bearer(tokens.control) },
  });
  const messages: WorkspaceMessage[] = [];
  const answered = new Promise<void>((resolve, reject) => {
    setTimeout(() => reject(new Error("no answer within 5 s")), 5_000).unref();
    socket.on("message", (data) => {
      const message = workspaceMessageSchema.parse(JSON.parse(String(data)));
      messages.push(message);
      if (message.t === "answer") resolve();
    });
  });
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(JSON.stringify({ t: "take-lease", call: "1", restore: { kind: "none" } }));
  await answered;
  socket.terminate();
  const answer = messages.find(({ t }) => t === "answer");
  assert.deepEqual(answer?.t === "answer" && [answer.call, answer.ok], ["1", false]);
  assert.match((answer?.t === "answer" && answer.cause) || "", /EISDIR/);
  const { phase: last, cause } = await server.server.booted;
  assert.equal(last, "failed");
  assert.match(cause ?? "", /EISDIR/);
});

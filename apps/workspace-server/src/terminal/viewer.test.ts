import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSocket } from "../testing/fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";

/** Reads nothing: all that it is sent lies there, and no ping is answered. */
class DeafSocket extends FakeSocket {
  readonly sent: string[] = [];
  override send(data: Uint8Array | string): void {
    this.bufferedAmount += data.length;
    this.sent.push(typeof data === "string" ? data : "frame");
  }
  override ping(): void {}
}
const connect = (shell: TestTerminals): DeafSocket => {
  const socket = new DeafSocket();
  shell.terminals.attach("1", { socket: socket.asWebSocket, role: "student", id: crypto.randomUUID() });
  return socket;
};

test("a connection attaches once: asked again it gets no other snapshot", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  const deaf = connect(shell);
  for (let round = 0; round < 3; round++) deaf.receive({ t: "attach", cols: 100, rows: 30 });
  const frames = deaf.sent.filter((sent) => sent === "frame");
  assert.equal(frames.length, 2, "a snapshot and the output so far");
  assert.equal(deaf.sent.filter((sent) => sent.includes("attached-already")).length, 2);
});

test("who asks whether anybody is there is answered, before and after it attaches", async () => {
  await using shell = await openTestTerminals();
  const viewer = connect(shell);
  viewer.receive({ t: "ping" });
  assert.deepEqual(viewer.sent, ['{"t":"pong"}']);
  viewer.receive({ t: "attach", readOnly: true });
  viewer.receive({ t: "ping" });
  assert.equal(viewer.sent.at(-1), '{"t":"pong"}');
});

test("who makes the server answer and reads none of it is dropped", async () => {
  await using shell = await openTestTerminals();
  const deaf = connect(shell);
  for (let round = 0; round < 200_000 && deaf.readyState === 1; round++)
    deaf.emit("message", Buffer.from('{"t":"nothing"}'), false);
  assert.notEqual(deaf.readyState, 1, `it was sent ${deaf.bufferedAmount} bytes`);
  assert.ok(deaf.bufferedAmount < 9 * 1024 * 1024, `it was sent ${deaf.bufferedAmount} bytes`);
});

test("only who answers is alive: what is typed, or asked for, does not show that anybody reads", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await using shell = await openTestTerminals();
  const answering = connect(shell);
  const deaf = connect(shell);
  for (let round = 0; round < 2; round++) {
    answering.emit("pong");
    deaf.input("x");
    deaf.receive({ t: "resize", cols: 90, rows: 20 });
    context.mock.timers.tick(30_000);
  }
  assert.deepEqual([answering.readyState, deaf.readyState], [1, 3]);
});

test("an offset inside a byte is none", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  for (const message of [
    { t: "ack", seq: viewer.seq - 0.5 },
    { t: "ack", seq: -1 },
    { t: "ack", seq: 1e300 },
  ])
    viewer.emit("message", Buffer.from(JSON.stringify(message)), false);
  const late = connect(shell);
  late.emit("message", Buffer.from('{"t":"attach","since":{"epoch":"a","seq":0.5}}'), false);
  const refused = [
    ...viewer.messages,
    ...late.sent.map((sent) => JSON.parse(sent) as { readonly code?: string }),
  ].filter((message) => "code" in message && message.code === "bad-message");
  assert.equal(refused.length, 4);
});

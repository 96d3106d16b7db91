import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { ConnectionClock } from "../connection/keep-connected.ts";
import { createWebSocketSource } from "./websocket-source.ts";

/** The browser's, as far as a source looks at it. */
class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState: number;
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  constructor(address: string | undefined, readyState = 0) {
    this.readyState = readyState;
    if (address !== undefined) FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
}
const original = Reflect.get(globalThis, "WebSocket");
beforeEach(() => {
  FakeSocket.made = [];
  Reflect.set(globalThis, "WebSocket", FakeSocket);
});
afterEach(() => Reflect.set(globalThis, "WebSocket", original));

const clock: ConnectionClock = { now: () => 0, random: () => 0.5, after: () => () => {}, onWake: () => () => {} };
const attach = '{"t":"attach","cols":80,"rows":24}';
const connect = (ahead: FakeSocket): void => {
  const source = createWebSocketSource({
    url: "ws://w.localhost/api/terminals/1",
    clock,
    openedAhead: () => ahead as unknown as WebSocket,
  });
  source.connect({ cols: 80, rows: 24 }, () => {});
};

test("a socket that was opened ahead is attached to at once", () => {
  const ahead = new FakeSocket(undefined, 1);
  connect(ahead);
  assert.deepEqual([ahead.sent, FakeSocket.made.length], [[attach], 0]);
});

test("one that is still being opened is attached to once it is", () => {
  const ahead = new FakeSocket(undefined, 0);
  connect(ahead);
  assert.deepEqual(ahead.sent, []);
  ahead.readyState = 1;
  ahead.onopen?.();
  assert.deepEqual([ahead.sent, FakeSocket.made.length], [[attach], 0]);
});

test("one that has been closed meanwhile is not used", () => {
  for (const state of [2, 3]) {
    FakeSocket.made = [];
    const ahead = new FakeSocket(undefined, state);
    connect(ahead);
    assert.deepEqual([ahead.sent, FakeSocket.made.length], [[], 1], `state ${state}`);
  }
});

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { encodeOutput, encodeSnapshot, longestViewerFrame } from "@atelier/contract";
import type { ConnectionClock } from "../connection/keep-connected.ts";
import type { PageVisibility } from "../connection/page-visibility.ts";
import { turnedByHand } from "../testing/clock-by-hand.ts";
import { patience } from "../connection/watch-line.ts";
import type { TerminalSourceEvent } from "../terminal/terminal-source.ts";
import { createWebSocketSource } from "./websocket-source.ts";

/** The browser's, as far as a source looks at it. */
class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState: number;
  readonly sent: (string | Uint8Array)[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: string | ArrayBuffer }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(address: string | undefined, readyState = 0) {
    this.readyState = readyState;
    if (address !== undefined) FakeSocket.made.push(this);
  }
  send(data: string | Uint8Array): void {
    this.sent.push(data);
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
const visibility: PageVisibility = { isVisible: () => true, onChange: () => () => {} };
const attach = '{"t":"attach","cols":80,"rows":24}';
const connect = (ahead: FakeSocket): void => {
  const source = createWebSocketSource({
    url: "ws://w.localhost/api/terminals/1",
    clock,
    visibility,
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

test("a socket that was left open and silent by a sleep is given up, and the shell goes on where it was", () => {
  const { clock: moving, pass, sleep, wake } = turnedByHand();
  const told: string[] = [];
  const hello = { t: "hello", terminal: "1", epoch: "a", state: "ready", head: 9, cols: 80, rows: 24 } as const;
  const open = (socket: FakeSocket | undefined, resume: "delta" | "snapshot"): FakeSocket => {
    assert.ok(socket);
    socket.readyState = 1;
    socket.onopen?.();
    socket.onmessage?.({ data: JSON.stringify({ ...hello, resume, integration: "full", recording: true }) });
    return socket;
  };
  const source = createWebSocketSource({ url: "ws://w.localhost/api/terminals/1", clock: moving, visibility });
  source.connect({ cols: 80, rows: 24 }, (event) => {
    if (event.type === "status") told.push(event.status.connection.phase);
  });
  const first = open(FakeSocket.made[0], "snapshot");
  first.onmessage?.({ data: encodeOutput(0, new TextEncoder().encode("$ ls\r\nfile")).slice().buffer });
  // The lid is closed for ten minutes; nothing of it reaches the page but the time.
  sleep(600_000);
  wake();
  assert.deepEqual(first.sent.slice(1), ['{"t":"ping"}']);
  pass(patience.doubtfulAnswer);
  assert.equal(first.readyState, 3, "it was closed");
  pass(600);
  assert.equal(FakeSocket.made.length, 2);
  const second = open(FakeSocket.made[1], "delta");
  assert.deepEqual(second.sent, ['{"t":"attach","since":{"epoch":"a","seq":10},"cols":80,"rows":24}']);
  assert.deepEqual(told.slice(-4), ["waiting", "connecting", "live", "live"]);
  wake();
  second.onmessage?.({ data: '{"t":"pong"}' });
  pass(patience.doubtfulAnswer);
  assert.deepEqual([second.readyState, FakeSocket.made.length], [1, 2], "who answers stays");
});

test("a key after which the line was lost unheard is in doubt, until the next one", () => {
  const { clock: moving, pass } = turnedByHand();
  const told: (true | undefined)[] = [];
  const hello = { t: "hello", terminal: "1", epoch: "a", state: "ready", head: 0, cols: 80, rows: 24 } as const;
  const source = createWebSocketSource({ url: "ws://w.localhost/api/terminals/1", clock: moving, visibility });
  const link = source.connect({ cols: 80, rows: 24 }, (event) => {
    if (event.type === "status") told.push(event.status.isLastKeyInDoubt);
  });
  const open = (socket: FakeSocket | undefined): FakeSocket => {
    assert.ok(socket);
    socket.readyState = 1;
    socket.onopen?.();
    const message = { ...hello, resume: "delta", integration: "full", recording: true };
    socket.onmessage?.({ data: JSON.stringify(message) });
    return socket;
  };
  const key = new TextEncoder().encode("x");
  const first = open(FakeSocket.made[0]);
  link.write(key);
  first.onmessage?.({ data: encodeOutput(0, key).slice().buffer });
  first.onclose?.();
  assert.equal(told.at(-1), undefined, "an answered one is not");
  pass(600);
  const unfocused = open(FakeSocket.made.at(-1));
  link.write(new TextEncoder().encode("\u001b[O"));
  unfocused.onclose?.();
  assert.equal(told.at(-1), undefined, "what a terminal says by itself is not");
  pass(2000);
  const second = open(FakeSocket.made.at(-1));
  link.write(key);
  second.onclose?.();
  assert.equal(told.at(-1), true);
  pass(4000);
  open(FakeSocket.made.at(-1));
  assert.equal(told.at(-1), true, "also when the line is back");
  link.write(key);
  assert.equal(told.at(-1), undefined);
  link.close();
});

/** A source whose socket is open and greeted, at 80x24. */
const greeted = (hello: object = {}) => {
  const { clock: moving, pass } = turnedByHand();
  const events: TerminalSourceEvent[] = [];
  const source = createWebSocketSource({ url: "ws://w.localhost/api/terminals/1", clock: moving, visibility });
  const link = source.connect({ cols: 80, rows: 24 }, (event) => events.push(event));
  const greet = (socket: FakeSocket | undefined, more: object): FakeSocket => {
    assert.ok(socket);
    socket.readyState = 1;
    socket.onopen?.();
    const size = { cols: 80, rows: 24 };
    const first = { t: "hello", terminal: "1", epoch: "a", state: "ready", head: 0, resume: "snapshot" };
    socket.onmessage?.({ data: JSON.stringify({ ...first, ...size, integration: "full", recording: true, ...more }) });
    return socket;
  };
  const sizes = (): readonly string[] =>
    events.flatMap((event) => (event.type === "size" ? [`${event.size.cols}x${event.size.rows}`] : []));
  return { socket: greet(FakeSocket.made[0], hello), events, link, pass, greet, sizes };
};
const snapshot = (seq: number): ArrayBuffer =>
  encodeSnapshot({ seq, cols: 80, rows: 24, payload: new Uint8Array(9) }).slice().buffer as ArrayBuffer;

test("a screen that another viewer had made smaller has its own size back when that one left while the line was broken", () => {
  const { socket, pass, greet, sizes } = greeted();
  socket.onmessage?.({ data: '{"t":"size","cols":50,"rows":20}' });
  socket.onclose?.();
  pass(2000);
  greet(FakeSocket.made[1], { resume: "delta" });
  assert.equal(sizes().at(-1), "80x24");
});

test("what is typed while the past is read is sent, and what the screen answers to the past is not", () => {
  const { socket, link } = greeted({ head: 100 });
  socket.onmessage?.({ data: snapshot(0) });
  socket.onmessage?.({ data: encodeOutput(0, new Uint8Array(100)).slice().buffer });
  const sent = socket.sent.length;
  for (const text of ["\u001b[?1;2c", "l", "s", "\u001b]11;rgb:00/00/00\u001b\\", "\r"])
    link.write(new TextEncoder().encode(text));
  assert.deepEqual(
    socket.sent.slice(sent).map((frame) => Buffer.from(frame as Uint8Array).toString("latin1", 1)),
    ["l", "s", "\r"],
  );
});

test("a paste that is too long for the server is not sent, so that the line stays, and that is said", () => {
  const { socket, link, events } = greeted();
  const sent = socket.sent.length;
  link.write(new Uint8Array(longestViewerFrame).fill(0x78));
  assert.equal(socket.sent.length, sent);
  assert.match(JSON.stringify(events.at(-1)), /"notice".*nothing of it was/);
  link.write(new Uint8Array(longestViewerFrame - 1).fill(0x78));
  assert.equal((socket.sent.at(-1) as Uint8Array).length, longestViewerFrame);
});

test("a viewer that is too slow goes on telling what it has read, or its new screen would never come", () => {
  const { clock: moving } = turnedByHand();
  const parsed: (() => void)[] = [];
  const source = createWebSocketSource({ url: "ws://w.localhost/api/terminals/1", clock: moving, visibility });
  source.connect({ cols: 80, rows: 24 }, (event) => {
    if (event.type === "output") parsed.push(event.consumed);
  });
  const [socket] = FakeSocket.made;
  assert.ok(socket);
  socket.readyState = 1;
  socket.onopen?.();
  const say = (message: object): void => socket.onmessage?.({ data: JSON.stringify(message) });
  const size = { cols: 80, rows: 24 };
  const more = { resume: "snapshot", integration: "full", recording: true };
  say({ t: "hello", terminal: "1", epoch: "a", state: "ready", head: 0, ...size, ...more });
  for (const seq of [0, 10_000, 20_000])
    socket.onmessage?.({ data: encodeOutput(seq, new Uint8Array(10_000).fill(0x61)).slice().buffer });
  say({ t: "resync", reason: "slow" });
  for (const consumed of parsed) consumed();
  const acks = ['{"t":"ack","seq":10000}', '{"t":"ack","seq":20000}', '{"t":"ack","seq":30000}'];
  assert.deepEqual(socket.sent.slice(1), acks);
  const screen = encodeSnapshot({ seq: 900_000, ...size, payload: new TextEncoder().encode("new") });
  socket.onmessage?.({ data: screen.slice().buffer });
  socket.onmessage?.({ data: encodeOutput(900_000, new Uint8Array(5000).fill(0x62)).slice().buffer });
  parsed.at(-1)?.();
  assert.equal(socket.sent.at(-1), '{"t":"ack","seq":905000}');
});

test("it tells when nobody can see it, also on a new line, and when somebody can again", () => {
  const { clock: moving, pass } = turnedByHand();
  let isVisible = false;
  const listeners = new Set<() => void>();
  const page: PageVisibility = {
    isVisible: () => isVisible,
    onChange: (change) => {
      listeners.add(change);
      return () => listeners.delete(change);
    },
  };
  const source = createWebSocketSource({ url: "ws://w.localhost/api/terminals/1", clock: moving, visibility: page });
  const link = source.connect({ cols: 80, rows: 24 }, () => {});
  const open = (): FakeSocket => {
    const socket = FakeSocket.made.at(-1);
    assert.ok(socket);
    socket.readyState = 1;
    socket.onopen?.();
    return socket;
  };
  const show = (now: boolean): void => {
    isVisible = now;
    for (const listener of listeners) listener();
  };
  const hidden = '{"t":"visible","visible":false}';
  const visible = '{"t":"visible","visible":true}';
  const first = open();
  show(true);
  show(false);
  assert.deepEqual(first.sent, [attach, hidden, visible, hidden]);
  first.readyState = 3;
  first.onclose?.();
  pass(2000);
  const second = open();
  assert.deepEqual(second.sent, [attach, hidden]);
  link.close();
  assert.equal(listeners.size, 0);
});

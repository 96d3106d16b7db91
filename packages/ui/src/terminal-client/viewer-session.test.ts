import assert from "node:assert/strict";
import { test } from "node:test";
import { flowWindow, type ServerMessage } from "@atelier/contract";
import {
  attachMessage,
  isReplaying,
  newSession,
  onConsumed,
  onHello,
  onOutput,
  onSnapshot,
  type ViewerSession,
} from "./viewer-session.ts";

const size = { cols: 80, rows: 24 };
const hello = (over: Partial<Extract<ServerMessage, { t: "hello" }>> = {}): Extract<ServerMessage, { t: "hello" }> => ({
  t: "hello",
  terminal: "1",
  epoch: "a",
  state: "ready",
  head: 0,
  ...size,
  resume: "snapshot",
  integration: "full",
  recording: true,
  ...over,
});
const output = (seq: number, text: string) => ({
  kind: "output" as const,
  seq,
  payload: new TextEncoder().encode(text),
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("a first attach asks for everything, a later one only for what is new", () => {
  assert.deepEqual(attachMessage(newSession, size, false), { t: "attach", ...size });
  const session: ViewerSession = { epoch: "a", received: 42, consumed: 42, acked: 0 };
  assert.deepEqual(attachMessage(session, size, false), { t: "attach", since: { epoch: "a", seq: 42 }, ...size });
  assert.deepEqual(attachMessage(newSession, size, true), { t: "attach", ...size, readOnly: true });
});

test("frames are painted once, whatever overlaps after a reconnect", () => {
  let session = onSnapshot(onHello(newSession, hello()), {
    kind: "snapshot",
    seq: 10,
    ...size,
    payload: new Uint8Array(0),
  });
  const painted: string[] = [];
  for (const frame of [output(10, "abc"), output(11, "bc"), output(12, "cde"), output(15, "f")]) {
    const decision = onOutput(session, frame);
    session = decision.session;
    painted.push(text(decision.bytes));
    assert.equal(decision.gap, false);
  }
  assert.deepEqual(painted, ["abc", "", "de", "f"]);
  assert.equal(session.received, 16);
});

test("a hole in the stream is reported and changes nothing", () => {
  const session: ViewerSession = { epoch: "a", received: 10, consumed: 10, acked: 10 };
  const decision = onOutput(session, output(11, "x"));
  assert.deepEqual([decision.gap, decision.session, decision.bytes.length], [true, session, 0]);
});

test("a delta of the same shell keeps the place, a new shell starts afresh", () => {
  const session: ViewerSession = { epoch: "a", received: 100, consumed: 90, acked: 60 };
  assert.equal(onHello(session, hello({ resume: "delta" })), session);
  assert.deepEqual(onHello(session, hello({ resume: "delta", epoch: "b" })), {
    epoch: "b",
    consumed: 0,
    acked: 0,
    replayUntil: 0,
  });
  assert.deepEqual(onHello(session, hello({ resume: "snapshot" })), {
    epoch: "a",
    consumed: 0,
    acked: 0,
    replayUntil: 0,
  });
});

test("without a snapshot the first frame says where the stream stands", () => {
  const decision = onOutput(onHello(newSession, hello({ resume: "delta" })), output(500, "hi"));
  assert.deepEqual(decision.session, { epoch: "a", received: 502, consumed: 500, acked: 500, replayUntil: 0 });
});

test("consumed bytes are acknowledged every 4 KiB, not more often", () => {
  let session: ViewerSession = { epoch: "a", received: 200_000, consumed: 0, acked: 0 };
  const acks: number[] = [];
  for (let offset = 1024; offset <= 16_384; offset += 512) {
    const step = onConsumed(session, offset);
    session = step.session;
    if (step.ack !== undefined) acks.push(step.ack);
  }
  assert.deepEqual(
    acks,
    [1, 2, 3, 4].map((n) => n * flowWindow.ackEvery),
  );
});

test("an acknowledgement never goes back", () => {
  const session: ViewerSession = { epoch: "a", received: 90_000, consumed: 80_000, acked: 80_000 };
  assert.deepEqual(onConsumed(session, 10_000).session, session);
});

test("the past is over once the parser has read up to where the stream stood when we came", () => {
  const came = onSnapshot(onHello(newSession, hello({ head: 100 })), {
    kind: "snapshot",
    seq: 0,
    ...size,
    payload: new Uint8Array(0),
  });
  const received = onOutput(came, { kind: "output", seq: 0, payload: new Uint8Array(140) }).session;
  assert.deepEqual(
    [0, 99, 100, 140].map((offset) => isReplaying(onConsumed(received, offset).session)),
    [true, true, false, false],
  );
  assert.equal(
    isReplaying(onSnapshot(came, { kind: "snapshot", seq: 100, ...size, payload: new Uint8Array(9) })),
    false,
  );
});

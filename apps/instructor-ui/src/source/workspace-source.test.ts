import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstructorEvent } from "@atelier/contract";
import type { ConnectionClock } from "@atelier/ui/connection";
import { createWorkspaceSource } from "./workspace-source.ts";

const record = (seq: number): string =>
  `id: c${seq}:9.s0:0.l0:0\nevent: state\ndata: ${JSON.stringify({ record: { v: 1, seq, ts: "2026-01-01T00:00:00.000Z", type: "ready", bootMs: 1 } })}\n\n`;

/** A server that answers each call with the next of these texts, in pieces of seven bytes, then hangs up. */
const play = (answers: readonly (string | number)[]) => {
  const asked: (string | null)[] = [];
  const events: InstructorEvent[] = [];
  const phases: string[] = [];
  const waits: (() => void)[] = [];
  const clock: ConnectionClock = {
    now: () => 0,
    random: () => 0,
    after: (ms, task) => {
      // Only waits before another try are played; the watch for silence is left alone.
      if (ms < 30_000) waits.push(task);
      return () => {};
    },
    onWake: () => () => {},
  };
  const source = createWorkspaceSource({
    clock,
    watch: () => assert.fail("no terminal is watched here"),
    fetch: async (_input, init) => {
      asked.push(new Headers(init?.headers).get("last-event-id"));
      const answer = answers[asked.length - 1] ?? "";
      if (typeof answer === "number") return new Response(null, { status: answer });
      const bytes = new TextEncoder().encode(answer);
      let at = 0;
      return new Response(
        new ReadableStream({
          pull: (controller) => {
            if (at >= bytes.length) controller.close();
            else controller.enqueue(bytes.slice(at, (at += 7)));
          },
        }),
      );
    },
  });
  const link = source.follow({ event: (event) => events.push(event), connection: ({ phase }) => phases.push(phase) });
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
  return {
    asked,
    events,
    phases,
    link,
    settle,
    next: async () => {
      waits.shift()?.();
      await settle();
    },
  };
};

const until = async (isDone: () => boolean, settle: () => Promise<void>): Promise<void> => {
  for (const deadline = performance.now() + 30_000; !isDone(); await settle())
    assert.ok(performance.now() < deadline, "it never came");
};

test("a page that was cut off in the middle of an event asks for what comes after the last whole one", async () => {
  const whole = `event: caught-up\ndata: {}\n\n${record(1)}${record(2)}`;
  const p = play([whole + record(3).slice(0, -5), record(3)]);
  await until(() => p.phases.includes("waiting"), p.settle);
  await p.next();
  await until(() => p.events.length === 4, p.settle);
  p.link.close();
  assert.deepEqual(p.asked.slice(0, 2), [null, "c2:9.s0:0.l0:0"]);
  assert.deepEqual(
    p.events.map((event) => (event.type === "state" ? event.record.seq : event.type)),
    ["caught-up", 1, 2, 3],
  );
});

test("what is not understood is told and passed over, and a refusal is no lost line", async () => {
  const p = play([`event: state\ndata: {"record":{"type":"from a later version"}}\n\n${record(1)}`, 401]);
  await until(() => p.phases.includes("waiting"), p.settle);
  assert.deepEqual(
    p.events.map(({ type }) => type),
    ["skipped", "state"],
  );
  await p.next();
  await until(() => p.phases.at(-1) === "refused", p.settle);
  p.link.close();
});

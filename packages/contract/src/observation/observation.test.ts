import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandRecord } from "../events/command-log.ts";
import type { StateEvent } from "../events/state-events.ts";
import { createObserver, type Observation, timeByStep } from "./observe.ts";
import { type StuckReason, stuckReasons, stuckThresholds } from "./stuck.ts";

const start = Date.parse("2026-01-01T10:00:00.000Z");
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

/** A session told in a few words. */
const session = () => {
  const observer = createObserver();
  let seq = 0;
  let commandSeq = 0;
  const state = (seconds: number, event: object): void =>
    observer.take({ type: "state", record: { v: 1, seq: ++seq, ts: at(seconds), ...event } as StateEvent });
  return {
    observer,
    enter: (seconds: number, step: string) => state(seconds, { type: "step-entered", step, by: "student" }),
    pass: (seconds: number, step: string) => state(seconds, { type: "step-completed", step, how: "checked" }),
    state,
    run: (seconds: number, command: string, exitCode?: number) =>
      observer.take({
        type: "command",
        record: {
          v: 1,
          seq: ++commandSeq,
          ts: at(seconds),
          type: "command",
          terminal: "1",
          command,
          cwd: "/",
          ...(exitCode === undefined ? {} : { exitCode }),
          startedAt: at(seconds),
          durationMs: 5,
          verified: true,
          shell: "bash",
        } satisfies CommandRecord,
      }),
    check: (seconds: number, step: string, failed: readonly string[]) =>
      state(seconds, {
        type: "check-finished",
        step,
        outcome: failed.length > 0 ? "failed" : "passed",
        trigger: "student",
        durationMs: 10,
        passed: 1,
        failed: failed.length,
        skipped: 0,
        assertions: [
          { id: "ok", title: "ok", status: "passed" },
          ...failed.map((id) => ({ id, title: id, status: "failed" })),
        ],
      }),
    stuck: (
      seconds: number,
      more: { planned?: number; active?: number; away?: boolean } = {},
    ): readonly StuckReason[] =>
      stuckReasons({
        observation: observer.read(),
        plannedSeconds: more.planned,
        ...(more.active === undefined ? {} : { lastActiveAt: at(more.active) }),
        isPresent: more.away !== true,
        now: start + seconds * 1000,
      }),
  };
};
const codes = (reasons: readonly StuckReason[]): readonly string[] => reasons.map(({ code }) => code);

test("records add up to visits, checks, help and what is done, and a later record changes no earlier reading", () => {
  const s = session();
  s.enter(0, "one");
  s.run(5, "ls", 0);
  s.state(6, { type: "help-opened", step: "one", level: "hints" });
  s.check(7, "one", []);
  s.pass(7, "one");
  const before: Observation = s.observer.read();
  s.enter(8, "two");
  s.enter(9, "two");
  s.state(10, { type: "step-solved", step: "one" });
  s.state(11, { type: "nested-shell", terminal: "1", program: "dash" });
  const { visits, done, help, incidents, currentStep, lastActionAt, missing } = s.observer.read();
  assert.equal(before.visits.length, 1);
  assert.deepEqual(visits, [
    { step: "one", enteredAt: at(0), leftAt: at(8) },
    { step: "two", enteredAt: at(8) },
  ]);
  assert.deepEqual([...done], [["one", { how: "passed", at: at(7) }]], "what was passed stays passed");
  assert.deepEqual([help.length, incidents.length, currentStep, lastActionAt, missing], [1, 1, "two", at(8), 0]);
  assert.deepEqual(
    [...timeByStep(visits, start + 18_000)],
    [
      ["one", 8000],
      ["two", 10_000],
    ],
  );
});

test("what the numbers tell to be missing is counted", () => {
  const observer = createObserver();
  for (const seq of [1, 2, 5, 6])
    observer.take({ type: "state", record: { v: 1, seq, ts: at(seq), type: "ready", bootMs: 1 } });
  observer.take({ type: "skipped" });
  const { missing, skipped } = observer.read();
  assert.deepEqual([missing, skipped], [2, 1]);
});

test("the same command that keeps failing is a sign; one that worked meanwhile, or that was interrupted, is none", () => {
  const s = session();
  s.enter(0, "one");
  for (const n of [1, 2]) s.run(n, "make ", 2);
  assert.deepEqual(s.stuck(3), []);
  s.run(3, "cat Makefile", 0);
  s.run(4, "make", 2);
  assert.deepEqual(s.stuck(5), [
    { code: "same-command", command: "make", times: 3, exitCode: 2, since: at(1), terminal: "1" },
  ]);
  s.run(6, "ls", 0);
  assert.deepEqual(s.stuck(7), [], "the last command worked");
  const other = session();
  other.enter(0, "one");
  for (const n of [1, 2, 3, 4]) other.run(n, "sleep 100", 130);
  other.run(5, "x");
  assert.deepEqual(other.stuck(6), []);
});

test("commands of an earlier step are no sign at this one", () => {
  const s = session();
  s.enter(0, "one");
  for (const n of [1, 2, 3]) s.run(n, "make", 2);
  s.enter(4, "two");
  s.run(5, "make", 2);
  assert.deepEqual(s.stuck(6), []);
});

test("the same assertion in checks in a row is a sign, and the first one", () => {
  const s = session();
  s.enter(0, "one");
  s.check(1, "one", ["a", "b"]);
  s.check(2, "one", ["a"]);
  s.run(3, "make", 2);
  s.run(4, "make", 2);
  s.run(5, "make", 2);
  assert.deepEqual(codes(s.stuck(6)), ["same-command"]);
  s.check(7, "one", ["a", "b"]);
  const [first] = s.stuck(8);
  assert.deepEqual(first?.code === "same-assertion" ? [first.assertion.id, first.times, first.since] : first, [
    "a",
    3,
    at(1),
  ]);
  s.check(9, "one", []);
  assert.deepEqual(codes(s.stuck(10)), ["same-command"]);
});

test("who is there and does nothing is idle; who types in a program, or is away, is not", () => {
  const s = session();
  s.enter(0, "one");
  s.run(10, "vim x", 0);
  const later = 10 + stuckThresholds.idleMs / 1000;
  assert.deepEqual(codes(s.stuck(later - 1)), []);
  assert.deepEqual(s.stuck(later), [{ code: "idle", since: at(10), forMs: stuckThresholds.idleMs }]);
  assert.deepEqual(codes(s.stuck(later, { active: 60 })), []);
  assert.deepEqual(codes(s.stuck(later, { away: true })), []);
});

test("a step takes long against its plan, or against the rule where there is none", () => {
  const s = session();
  s.enter(0, "one");
  s.run(1190, "ls", 0);
  assert.deepEqual(codes(s.stuck(600, { planned: 400 })), []);
  assert.deepEqual(s.stuck(800, { planned: 400 }), [
    { code: "long-step", since: at(0), forMs: 800_000, plannedMs: 400_000 },
  ]);
  assert.deepEqual(codes(s.stuck(299, { planned: 1 })), [], "nobody is slow within five minutes");
  assert.deepEqual(codes(s.stuck(1199)), []);
  assert.deepEqual(codes(s.stuck(1200)), ["long-step"]);
  s.pass(1201, "one");
  assert.deepEqual(s.stuck(5000), [], "done is done");
});

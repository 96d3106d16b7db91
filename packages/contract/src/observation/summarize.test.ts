import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandRecord } from "../events/command-log.ts";
import type { StateEvent } from "../events/state-events.ts";
import { csvOf } from "./csv.ts";
import { createObserver } from "./observe.ts";
import { summaryFiles } from "./summarize.ts";

test("no cell of a table is a formula, and every text comes back whole", () => {
  assert.equal(
    csvOf(
      ["a", "b"],
      [
        ["=1+1", '"x", y'],
        ["-rf\n", undefined],
        ["@SUM(A1)", 5],
        ["\tx", true],
        ["plain", -1],
      ],
    ),
    'a,b\r\n\'=1+1,"""x"", y"\r\n"\'-rf\n",\r\n\'@SUM(A1),5\r\n\'\tx,true\r\nplain,-1\r\n',
  );
});

test("a session is summed up by step, and an open visit ends with the last record", () => {
  const observer = createObserver();
  const at = (seconds: number): string =>
    new Date(Date.parse("2026-01-01T10:00:00.000Z") + seconds * 1000).toISOString();
  const state = (seq: number, seconds: number, event: object): void =>
    observer.take({ type: "state", record: { v: 1, seq, ts: at(seconds), ...event } as StateEvent });
  state(1, 0, { type: "step-entered", step: "one", by: "student" });
  observer.take({
    type: "command",
    record: {
      v: 1,
      seq: 1,
      ts: at(5),
      type: "command",
      terminal: "1",
      step: "one",
      command: '=cmd|"x"',
      cwd: "/",
      exitCode: 3,
      startedAt: at(4),
      durationMs: 900,
      verified: false,
      doubt: "d",
      shell: "bash",
    } satisfies CommandRecord,
  });
  state(2, 10, { type: "step-completed", step: "one", how: "checked" });
  state(3, 12, { type: "step-entered", step: "two", by: "student" });
  state(4, 20, { type: "help-opened", step: "two", level: "solve" });
  const files = new Map(
    summaryFiles({ workspace: "w", workspaceId: "id" }, observer.read(), at(9999)).map(({ name, text }) => [
      name,
      text,
    ]),
  );
  assert.deepEqual([...files.keys()], ["summary.json", "steps.csv", "commands.csv", "checks.csv", "help.csv"]);
  assert.deepEqual((JSON.parse(files.get("summary.json") ?? "") as { steps: unknown }).steps, [
    {
      step: "one",
      enteredAt: at(0),
      visits: 1,
      timeMs: 12_000,
      done: "passed",
      doneAt: at(10),
      checks: 0,
      failedChecks: 0,
      commands: 1,
      failedCommands: 1,
      helpOpened: 0,
      questions: 0,
    },
    {
      step: "two",
      enteredAt: at(12),
      visits: 1,
      timeMs: 8000,
      checks: 0,
      failedChecks: 0,
      commands: 0,
      failedCommands: 0,
      helpOpened: 1,
      questions: 0,
    },
  ]);
  assert.equal(files.get("commands.csv")?.split("\r\n")[1], `1,${at(4)},1,one,"'=cmd|""x""",/,3,900,false,d,bash`);
  assert.equal(files.get("help.csv")?.split("\r\n")[1], `${at(20)},two,opened,solve`);
});

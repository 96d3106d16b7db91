import assert from "node:assert/strict";
import { test } from "node:test";
import { type CheckRecord, type CommandRecord, encodeCastEvent, encodeCastHeader } from "@atelier/contract";
import { readCast } from "./cast-track.ts";
import { isFailure, timelineOf } from "./timeline.ts";

const second = 1_700_000_000;
const at = (seconds: number): string => new Date((second + seconds) * 1000).toISOString();
const command = (seconds: number, text: string, more: Partial<CommandRecord> = {}): CommandRecord => ({
  v: 1,
  seq: seconds * 10,
  ts: at(seconds),
  type: "command",
  terminal: "1",
  command: text,
  cwd: "/",
  exitCode: 0,
  startedAt: at(seconds),
  durationMs: 1,
  verified: true,
  shell: "bash",
  ...more,
});

/** A recording that began 0.7 s after the second that its header tells. */
const cast =
  encodeCastHeader({ width: 80, height: 24, timestamp: second }) +
  encodeCastEvent(0.1, "o", '$ [9.0,"m","no marker"]\n') +
  encodeCastEvent(2, "m", 'echo "hi"') +
  encodeCastEvent(2.1, "o", "hi\r\n") +
  encodeCastEvent(5, "m", "false") +
  encodeCastEvent(9.5, "o", "$ ");

test("size, length, markers and what is shown are read without taking output for a marker", () => {
  assert.deepEqual(
    readCast(`${cast}[9.6,"r","100x30"]\n[9.7,"r","0x99999"]\n[9.8,"i","typed"]\nno event\n[10,"o","torn`),
    {
      startedAt: second * 1000,
      duration: 9.8,
      size: { cols: 80, rows: 24 },
      frames: [
        { t: 0.1, output: '$ [9.0,"m","no marker"]\n' },
        { t: 2.1, output: "hi\r\n" },
        { t: 9.5, output: "$ " },
        { t: 9.6, size: { cols: 100, rows: 30 } },
        { t: 9.7, size: { cols: 2, rows: 1000 } },
      ],
      markers: [
        { t: 2, label: 'echo "hi"' },
        { t: 5, label: "false" },
      ],
    },
  );
  assert.equal(readCast(encodeCastHeader({ width: 1, height: 1, timestamp: 1 })).duration, 0);
  assert.throws(() => readCast("[1,2]\n"), /no recording/);
});

test("commands, checks and steps stand where the recording's own markers put them", () => {
  const entries = timelineOf(readCast(cast), "1", {
    commands: [
      command(2.7, 'echo "hi"'),
      command(5.7, "false", { exitCode: 1 }),
      command(3, "elsewhere", { terminal: "2" }),
      command(60, "later"),
    ],
    checks: [{ ts: at(7.7), step: "one", outcome: "failed" } as CheckRecord],
    visits: [
      { step: "zero", enteredAt: at(-60) },
      { step: "one", enteredAt: at(1.7) },
    ],
  });
  assert.deepEqual(
    entries.map((entry) => [entry.kind, Math.round(entry.t * 10) / 10]),
    [
      ["step", 1],
      ["command", 2],
      ["command", 5],
      ["check", 7],
    ],
  );
});

for (const [what, jump] of [
  ["a laptop that slept", 1800],
  ["a clock that was set back", -3600],
] as const)
  test(`${what} in the middle of a recording: what came after stands where its markers do`, () => {
    const track = readCast(
      [
        encodeCastHeader({ width: 80, height: 24, timestamp: second }),
        encodeCastEvent(1, "m", "ls"),
        encodeCastEvent(2, "m", "make"),
        encodeCastEvent(8, "m", "step: two"),
        encodeCastEvent(9, "m", "ls"),
        encodeCastEvent(10, "m", "ls"),
        encodeCastEvent(11, "o", "$ "),
      ].join(""),
    );
    const entries = timelineOf(track, "1", {
      commands: [
        // Of the shell before, which ended with the same one.
        command(-30, "ls"),
        command(1, "ls"),
        command(2, "make"),
        command(9 + jump, "ls"),
        command(10 + jump, "ls"),
        command(40 + jump, "make"),
      ],
      checks: [{ ts: at(10.5 + jump), step: "two", outcome: "passed" } as CheckRecord],
      visits: [{ step: "one", enteredAt: at(1.5) }],
    });
    assert.deepEqual(
      entries.map(({ kind, t }) => [kind, t]),
      [
        ["command", 1],
        ["step", 1.5],
        ["command", 2],
        ["command", 9],
        ["command", 10],
        ["check", 10.5],
      ],
    );
  });

test("a marker without a record, or a record without a marker, is none of another command's that says the same", () => {
  const marked = (...markers: readonly (readonly [number, string])[]) => ({
    startedAt: second * 1000,
    duration: 600,
    markers: markers.map(([t, label]) => ({ t, label })),
  });
  const timesOf = (track: Parameters<typeof timelineOf>[0], ...commands: readonly CommandRecord[]) =>
    timelineOf(track, "1", { commands, checks: [], visits: [] }).map(({ t }) => t);
  const killed = marked([1, "ls"], [2, "npm start"]);
  assert.deepEqual(
    timesOf(killed, command(1, "ls"), command(700, "npm start"), command(710, "curl x"), command(720, "vim")),
    [1],
    "a server was killed while it ran, and the next shell began with the same one",
  );
  const missing = marked([1, "ls"], [50, "recording: 4 events are missing here"], [300, "make"], [310, "ls"]);
  assert.deepEqual(
    timesOf(
      missing,
      ...[command(1, "ls"), command(20, "make"), command(30, "ls"), command(300, "make"), command(310, "ls")],
    ),
    [1, 20, 30, 300, 310],
    "the disk was full while they began",
  );
});

test("a failure is an exit code that is known, and not what Ctrl-C leaves", () => {
  const failures = [0, 1, 127, 130, 143].filter((exitCode) =>
    isFailure({ kind: "command", t: 1, command: command(1, "x", { exitCode }) }),
  );
  assert.deepEqual(failures, [1, 127, 143]);
  const { exitCode: _none, ...untold } = command(1, "x");
  assert.equal(isFailure({ kind: "command", t: 1, command: untold }), false);
});

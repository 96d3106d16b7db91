import assert from "node:assert/strict";
import { test } from "node:test";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { createRedactor } from "../recording/redact.ts";
import { CommandTracker, type NewCommandRecord } from "./command-tracker.ts";

const open = () => {
  const records: NewCommandRecord[] = [];
  const untold: string[] = [];
  const tracker = new CommandTracker({
    terminal: "1",
    shell: "/bin/bash",
    currentStep: () => undefined,
    redact: createRedactor(knownSecrets(["hunter22"])),
    now: () => new Date(0),
    clock: () => 0,
    isShellInForeground: () => true,
    onStart: () => {},
    onCommand: (record) => records.push(record),
    onUntold: (cause) => untold.push(cause),
  });
  return { tracker, records, untold };
};

const recordOf = (command: string, cwd = "/"): NewCommandRecord | undefined => {
  const { tracker, records } = open();
  tracker.take({ kind: "prompt", fields: [cwd] }, true);
  tracker.take({ kind: "start", fields: [command] }, true);
  tracker.take({ kind: "end", fields: ["0", cwd] }, true);
  return records[0];
};

test("a command far longer than what is kept is written down quickly, cut, and without its secret", () => {
  const started = process.cpuUsage();
  const record = recordOf(`echo hunter22 ${"token-".repeat(22_000)}`);
  const { user } = process.cpuUsage(started);
  assert.deepEqual([record?.truncated, record?.redacted, record?.command.length], [true, true, 16_384]);
  assert.match(record?.command ?? "", /^echo \[redacted\] token-/);
  assert.ok(user < 200_000, `${user} µs of CPU`);
});

test("a long command without a secret is cut, and not said to hide one", () => {
  const record = recordOf("x".repeat(30_000));
  assert.deepEqual([record?.truncated, record?.redacted, record?.command.length], [true, undefined, 16_384]);
});

test("a directory whose name holds a secret is written down without it", () => {
  const record = recordOf("ls", "/tmp/hunter22/x");
  assert.deepEqual([record?.cwd, record?.redacted, record?.command], ["/tmp/[redacted]/x", true, "ls"]);
});

test("commands that the shell counts and does not tell are pointed out once, until it tells one again", () => {
  const { tracker, untold } = open();
  const end = (read: string): void => tracker.take({ kind: "end", fields: ["0", "/", read] }, true);
  const start = (): void => tracker.take({ kind: "start", fields: ["ls"] }, true);
  end("1");
  end("1");
  start();
  end("2");
  assert.deepEqual(untold, []);
  end("3");
  end("4");
  assert.equal(untold.length, 1);
  start();
  end("5");
  end("6");
  assert.equal(untold.length, 2);
});

test("a shell that does not count is taken at its word; what it finds gone is pointed out once until it tells one", () => {
  const { tracker, untold } = open();
  const prompt = (isGone: boolean): void => {
    tracker.take({ kind: "end", fields: ["0", "/"] }, true);
    if (isGone) tracker.take({ kind: "gone", fields: [] }, true);
  };
  prompt(false);
  prompt(false);
  assert.deepEqual(untold, []);
  prompt(true);
  prompt(true);
  assert.equal(untold.length, 1);
  tracker.take({ kind: "start", fields: ["ls"] }, true);
  prompt(true);
  assert.equal(untold.length, 2);
});

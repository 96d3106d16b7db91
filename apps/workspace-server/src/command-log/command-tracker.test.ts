import assert from "node:assert/strict";
import { test } from "node:test";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { createRedactor } from "../recording/redact.ts";
import { CommandTracker, type NewCommandRecord } from "./command-tracker.ts";

const recordOf = (command: string, cwd = "/"): NewCommandRecord | undefined => {
  const records: NewCommandRecord[] = [];
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
    onUntold: () => {},
  });
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

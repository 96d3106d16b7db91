import assert from "node:assert/strict";
import { test } from "node:test";
import { ForegroundWatch } from "./foreground-watch.ts";

const open = (isReportingLines = true) => {
  const told: string[] = [];
  const time = { ms: 0 };
  const watch = new ForegroundWatch({
    clock: () => time.ms,
    shell: "bash",
    isReportingLines,
    onNestedShell: (program) => told.push(`nested ${program}`),
    onIntegrationLost: (cause) => told.push(cause),
  });
  const type = (text: string): void => watch.typed(Buffer.from(text));
  const shell = (isRunning = false, program = "bash"): void =>
    watch.look({ group: 1, isShell: true, program }, { hasPrompt: true, isRunning });
  const program = (name: string, isRunning = true, isBehind = false): void =>
    watch.look({ group: 7, isShell: false, program: name }, { hasPrompt: true, isRunning, isBehind });
  return { told, time, watch, type, shell, program };
};

test("lines that a shell reports, and one that it does not, are no doubt", () => {
  const { told, time, watch, type, shell } = open();
  for (let line = 0; line < 5; line++) {
    type("ls\r");
    watch.reported("end");
    time.ms += 5000;
    shell();
  }
  type("\r");
  time.ms += 5000;
  shell();
  assert.deepEqual(told, []);
});

test("lines that nobody reports are told once, and again after the shell has spoken in between", () => {
  const { told, time, watch, type, shell } = open();
  shell();
  type("id\r");
  type("ls\r");
  shell();
  time.ms += 2500;
  shell();
  shell();
  watch.reported("end");
  type("a\rb\rc\rd\r");
  watch.reported("start");
  time.ms += 2500;
  shell(true);
  assert.deepEqual(told, [
    "2 lines were entered, and the shell reported none of them",
    "3 lines were entered while the shell itself runs a command: that one's input, or commands that it no longer reports",
  ]);
});

test("a pasted text is one line, also when it comes in pieces; a program's input is none of ours", () => {
  const { told, time, type, shell, program } = open();
  type("\u001b[200~one\rtwo\r");
  type("three\r\u001b[201~\r");
  time.ms += 2500;
  shell();
  type("to a program\r");
  type("to a program\r");
  program("cat");
  assert.deepEqual(told, []);
});

test("shells that report no continued lines are not judged by lines", () => {
  const { told, time, type, shell } = open(false);
  type("a\rb\rc\r");
  time.ms += 60_000;
  shell();
  assert.deepEqual(told, []);
});

test("they are where a command never ends and the shell reads lines all the same", () => {
  const { told, time, watch, type, shell } = open(false);
  type("for x in 1 2\r  echo $x\rend\r");
  watch.reported("start");
  time.ms += 5000;
  shell(true);
  assert.deepEqual(told, [], "the lines of one command");
  type("echo one\recho two\r");
  time.ms += 2500;
  shell(true);
  assert.match(told.join(), /^2 lines were entered while the shell itself runs a command/);
});

test("nested shells, programs out of nowhere and a replaced shell are told by name, once each", () => {
  const { told, time, shell, program } = open();
  shell();
  program("vim");
  program("dash");
  program("dash");
  program("tmux: client");
  program("miner", false);
  time.ms += 100;
  program("miner", false);
  program("miner", false);
  shell(true, "dash");
  assert.deepEqual(told, [
    "nested dash",
    "nested tmux: client",
    "miner runs, and the shell did not say that it was started",
    "dash runs in the place of bash",
  ]);
});

test("a program whose announcement is read right after it was seen is no doubt", () => {
  const { told, time, watch, shell, program } = open();
  program("vim", false);
  assert.equal(watch.isInDoubt, true);
  watch.reported("start");
  assert.equal(watch.isInDoubt, false);
  time.ms += 100;
  program("vim", true);
  program("make", false);
  time.ms += 100;
  shell();
  time.ms += 5000;
  program("make", false);
  assert.deepEqual(told, []);
});

test("where output waits to be read, an announcement has more time, and not for ever", () => {
  const { told, time, program } = open();
  program("make", false, true);
  time.ms += 2900;
  program("make", false, true);
  assert.deepEqual(told, []);
  time.ms += 100;
  program("make", false, true);
  assert.deepEqual(told, ["make runs, and the shell did not say that it was started"]);
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { FakeSocket } from "../testing/fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";
import { statOf } from "./process-state.ts";
import { ShellSession } from "./shell-session.ts";

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = performance.now() + 10_000; !isSo(); await sleep(5))
    assert.ok(performance.now() < deadline, `${what} did not come about`);
};
const runs = (pid: number): boolean => statOf(pid)?.isZombie === false;

/** A shell that has ended and left a job in the background. */
const leaveJob = async (shell: TestTerminals, viewer: FakeSocket): Promise<number> => {
  viewer.input("(trap '' HUP; exec sleep 4711) & echo job-$!-\n");
  await viewer.waitFor(/job-(\d+)-\r/);
  const pid = Number(/job-(\d+)-\r/.exec(viewer.text)?.[1]);
  await until("the job", () => runs(pid));
  viewer.input("exit\nexit\n");
  await until("the end of the shell", () => shell.terminals.list()[0]?.state === "exited");
  return pid;
};

test("a job that its shell has left goes on in the terminal, is told of, and ends when the terminal is closed", async () => {
  await using shell = await openTestTerminals();
  const job = await leaveJob(shell, shell.attach());
  // Longer than from one look at what is left to the next.
  await sleep(1200);
  assert.ok(runs(job));
  assert.deepEqual(shell.terminals.jobs(), ["sleep"]);
  await shell.terminals.close("1");
  await until("the end of the job", () => !runs(job));
});

test("a job that its shell has left ends when another shell is started in its place", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  const job = await leaveJob(shell, viewer);
  viewer.seq = 0;
  viewer.receive({ t: "restart" });
  await until("a shell", () => shell.terminals.list()[0]?.state === "ready");
  await until("the end of the job", () => !runs(job));
  await shell.type(viewer, "true");
});

test("a job that its shell has left is gone when the server has closed", async () => {
  await using shell = await openTestTerminals();
  const job = await leaveJob(shell, shell.attach());
  await shell.terminals[Symbol.asyncDispose]();
  assert.equal(runs(job), false);
});

test("a session by the same number that is somebody else's is left alone", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.input("echo shell-$$-; sleep 4711 & echo job-$!-\n");
  await viewer.waitFor(/job-(\d+)-\r/);
  const leader = Number(/shell-(\d+)-\r/.exec(viewer.text)?.[1]);
  const job = Number(/job-(\d+)-\r/.exec(viewer.text)?.[1]);
  const uid = process.getuid?.() ?? 0;
  const known = new ShellSession(leader, uid);
  assert.ok(known.members().includes(job));
  // As it would be for a shell whose number has a new owner.
  const gone = new ShellSession(leader, uid, (statOf(leader)?.started ?? 0) - 1);
  assert.deepEqual(gone.members(), []);
  gone.end();
  await sleep(400);
  assert.ok(runs(leader) && runs(job));
  viewer.input("exit\nexit\n");
  await until("the end of the shell", () => statOf(leader) === undefined);
  assert.deepEqual(known.members(), [job]);
  assert.deepEqual(new ShellSession(leader, uid + 1).members(), []);
});

test("a shell that was started this very moment, and leads no session yet, is ended too", async (context) => {
  const child = spawn("/bin/sh", ["-c", "trap '' HUP; read -r line"], { stdio: ["pipe", "ignore", "ignore"] });
  context.after(() => child.kill("SIGKILL"));
  const ended = once(child, "exit", { signal: AbortSignal.timeout(10_000) });
  new ShellSession(child.pid ?? 0, process.getuid?.() ?? 0).end();
  await ended;
  assert.match(String(child.signalCode), /^SIG(HUP|KILL)$/);
});

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeSocket } from "../testing/fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";
import { allProcesses, statOf } from "./process-state.ts";

/** Children of this process that are sessions of their own, as shells are. */
const shells = (): number =>
  allProcesses().filter((pid) => {
    const stat = statOf(pid);
    return stat?.parent === process.pid && stat.session === pid && !stat.isZombie;
  }).length;
const count = (shell: TestTerminals, type: string): number =>
  shell.events.filter((event) => event.type === type).length;
const statesOf = (shell: TestTerminals): readonly string[] => shell.terminals.list().map(({ state }) => state);
const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = performance.now() + 10_000; !isSo(); await sleep(5))
    assert.ok(performance.now() < deadline, `${what} did not come about`);
};
const exited = async (shell: TestTerminals, viewer: FakeSocket): Promise<void> => {
  viewer.input("exit\n");
  await until("the end of the shell", () => statesOf(shell)[0] === "exited");
  viewer.seq = 0;
};

test("two viewers that press restart at once get one shell", async () => {
  const before = shells();
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  await exited(shell, viewer);
  viewer.receive({ t: "restart" });
  viewer.receive({ t: "restart", kill: true });
  await until("a shell", () => statesOf(shell)[0] === "ready");
  await shell.type(viewer, "true");
  assert.equal(count(shell, "terminal-opened"), 2);
  assert.equal(shells(), before + 1);
});

test("a restart that arrives after the close starts nothing, and neither does a start that the close overtook", async () => {
  const before = shells();
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  await shell.terminals.close("1");
  viewer.emit("message", Buffer.from('{"t":"restart"}'), false);
  const opening = shell.terminals.open("two");
  await shell.terminals.close("two");
  assert.equal((await opening).state, "closed");
  await until("the end of all shells", () => shells() === before);
  assert.deepEqual(shell.terminals.list(), []);
  assert.equal(count(shell, "terminal-opened"), 2);
  assert.equal(count(shell, "terminal-closed"), 2);
});

test("what a killed shell still prints is not its successor's", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  viewer.input("trap '' HUP; while :; do echo old-$((1+1)); sleep 0.01; done\n");
  await viewer.waitFor(/old-2/);
  viewer.seq = 0;
  viewer.receive({ t: "restart", kill: true });
  viewer.forget();
  await shell.type(viewer, "sleep 0.4");
  assert.doesNotMatch(viewer.text, /old-2/);
});

test("a shell that cannot be started leaves a terminal that can be tried again, and no other one behind", async () => {
  let isFailing = true;
  await using shell = await openTestTerminals({
    argv: (argv) => {
      if (isFailing) throw new Error("no room.");
      return argv;
    },
  });
  assert.deepEqual(statesOf(shell), ["exited"]);
  await assert.rejects(shell.terminals.open("two"), /no room/);
  assert.deepEqual(statesOf(shell), ["exited"]);
  const viewer = shell.attach();
  viewer.receive({ t: "restart" });
  await until("a notice", () => viewer.messages.some(({ t }) => t === "notice"));
  assert.deepEqual(
    viewer.messages.filter(({ t }) => t === "notice"),
    [{ t: "notice", code: "not-started", message: "No shell could be started: no room. Try again." }],
  );
  isFailing = false;
  viewer.receive({ t: "restart" });
  await until("a shell", () => statesOf(shell)[0] === "ready");
  await shell.type(viewer, "true");
});

test("who is connected and has not asked for output is sent none by a restart, and holds nobody up", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  const silent = new FakeSocket();
  silent.isAcknowledging = false;
  shell.terminals.attach("1", { socket: silent.asWebSocket, role: "student", id: crypto.randomUUID() });
  await exited(shell, viewer);
  viewer.receive({ t: "restart" });
  await until("a shell", () => statesOf(shell)[0] === "ready");
  viewer.input("seq 1 300000 > all.txt; cat all.txt; touch over\n");
  viewer.close();
  await until("the end of what nobody looks at", () => existsSync(join(shell.home, "over")));
  assert.equal(silent.seq, 0);
});

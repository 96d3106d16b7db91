import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeSocket } from "../testing/fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";

/** A socket in which a large screen lies until the test lets it go. */
class SlowSocket extends FakeSocket {
  #onGone: readonly (() => void)[] = [];
  override send(data: Uint8Array | string, ...rest: readonly unknown[]): void {
    const onGone = rest.filter((each) => typeof each === "function");
    const before = this.snapshot;
    super.send(data);
    if (this.snapshot === before) return;
    this.bufferedAmount = 4 * 1024 * 1024;
    this.#onGone = onGone as (() => void)[];
  }
  letGo(): void {
    this.bufferedAmount = 0;
    for (const onGone of this.#onGone) onGone();
  }
}

const attachSlowly = async (shell: TestTerminals): Promise<SlowSocket> => {
  const socket = new SlowSocket();
  shell.terminals.attach("1", { socket: socket.asWebSocket, role: "student", id: crypto.randomUUID() });
  socket.receive({ t: "attach", cols: 100, rows: 30 });
  for (const deadline = performance.now() + 10_000; socket.snapshot === undefined; await sleep(5))
    assert.ok(performance.now() < deadline, "there was no snapshot");
  return socket;
};

test("what follows a screen that fills the socket comes once that is gone, though nothing else is printed", async () => {
  await using shell = await openTestTerminals();
  const first = shell.attach();
  first.input("stty -echo; PS1='prompt-$((40+2))> '; seq 1 200000\n");
  await first.waitFor(/\n200000\r\n[\s\S]*prompt-42> $/);
  first.close();
  const viewer = await attachSlowly(shell);
  assert.doesNotMatch(viewer.text, /prompt-42> $/);
  viewer.letGo();
  await viewer.waitFor(/prompt-42> $/, 5000);
});

test("a shell that was paused because a screen fills the only socket goes on once that is gone", async () => {
  await using shell = await openTestTerminals();
  const first = shell.attach();
  first.input("stty -echo; PS1=; seq 1 200000; echo at-the-$((1+1))nd; read; seq 1 200000; echo over-$((1+1))\n");
  await first.waitFor(/at-the-2nd\r\n/);
  first.close();
  const viewer = await attachSlowly(shell);
  viewer.input("\n");
  await sleep(300);
  assert.doesNotMatch(viewer.text, /over-2/);
  viewer.letGo();
  await viewer.waitFor(/over-2\r\n/, 10_000);
});

test("who falls behind while a screen still fills its socket gets a newer one once that is gone", async () => {
  await using shell = await openTestTerminals();
  const first = shell.attach();
  first.input("stty -echo; PS1=; seq 1 200000; echo at-the-$((1+1))nd\n");
  await first.waitFor(/at-the-2nd\r\n/);
  const viewer = await attachSlowly(shell);
  first.input("seq 1 600000; echo over-$((1+1))\n");
  await first.waitFor(/over-2\r\n/);
  assert.ok(viewer.messages.some((message) => message.t === "resync" && message.reason === "slow"));
  viewer.letGo();
  for (const deadline = performance.now() + 10_000; !viewer.snapshot?.includes("over-2"); await sleep(5))
    assert.ok(performance.now() < deadline, "there was no newer screen");
});

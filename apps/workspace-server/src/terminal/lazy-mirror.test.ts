import assert from "node:assert/strict";
import { test } from "node:test";
import { LazyMirror } from "./lazy-mirror.ts";
import { ReplayBuffer } from "./replay-buffer.ts";
import { SizeHistory } from "./size-history.ts";

const ringBytes = 2 * 1024 * 1024;
const size = { cols: 80, rows: 24 };

const open = () => {
  const buffer = new ReplayBuffer(ringBytes);
  const mirror = new LazyMirror(buffer, new SizeHistory(size));
  return {
    buffer,
    mirror,
    print: (text: string) => buffer.append(Buffer.from(text)),
    /** What a full-screen program changes in its picture, so many bytes of it. */
    change: (bytes: number): void => {
      for (let printed = 0, count = 0; printed < bytes; count++) {
        const text = `\u001b[5;10H${String(count).padStart(9, "0")}`;
        buffer.append(Buffer.from(text));
        printed += text.length;
      }
    },
    screen: async (): Promise<string> => (await mirror.caughtUp()).snapshot(),
  };
};

test("a picture that was drawn long ago and only changed since is still there", async () => {
  const { mirror, print, change, screen } = open();
  print("\u001b[?1049h\u001b[2J\u001b[HTHE FRAME\u001b[24;1HF1 Help");
  for (let seconds = 0; seconds < 12; seconds++) {
    change(300 * 1024);
    await mirror.look();
  }
  assert.match(await screen(), /THE FRAME[\s\S]*F1 Help/);
  mirror.dispose();
});

test("a picture is followed again after a flood, in which none is", async () => {
  const { mirror, print, change, screen } = open();
  for (let seconds = 0; seconds < 5; seconds++) {
    print("a line\r\n".repeat(200_000));
    await mirror.look();
  }
  print("\u001b[?1049h\u001b[2J\u001b[HTHE FRAME");
  for (let seconds = 0; seconds < 12; seconds++) {
    change(300 * 1024);
    await mirror.look();
  }
  assert.match(await screen(), /THE FRAME/);
  mirror.dispose();
});

test("lines are not followed: nobody has asked for a screen, and there is none", async (context) => {
  const { mirror, print } = open();
  const asked = context.mock.method(mirror, "caughtUp");
  for (let seconds = 0; seconds < 12; seconds++) {
    print("a line\r\n".repeat(30_000));
    await mirror.look();
  }
  assert.equal(asked.mock.callCount(), 0);
  mirror.dispose();
});

test("where the beginning of a line without an end is gone, no character is torn", async () => {
  for (const before of ["", "x", "xx"]) {
    const { mirror, print, screen } = open();
    print(before);
    for (let times = 0; times < 9; times++) print("漢".repeat(100_000));
    assert.doesNotMatch(await screen(), /\ufffd/);
    const { fed } = await mirror.caughtUp();
    assert.equal((fed - before.length) % 3, 0, `after ${JSON.stringify(before)} it stands at ${fed}`);
    mirror.dispose();
  }
});

test("who asks while others do gets no screen that is ahead of the output", async () => {
  const { mirror, print } = open();
  for (let times = 0; times < 26; times++) print("x".repeat(100_000));
  await Promise.all([mirror.caughtUp(), mirror.caughtUp(), mirror.caughtUp()]);
  assert.equal((await mirror.caughtUp()).fed, 2_600_000);
  mirror.dispose();
});

test("a look reads what was printed since the last one, and not all that is kept", async (context) => {
  const { buffer, mirror, print } = open();
  for (let times = 0; times < 30; times++) print("\u001b[?25l\rsome progress\u001b[?25h".repeat(4000));
  await mirror.look();
  print("$ ");
  await mirror.look();
  const reading = context.mock.method(buffer, "read");
  print("l");
  await mirror.look();
  print("s");
  await mirror.look();
  assert.deepEqual(
    reading.mock.calls.map(({ result }) => result?.length),
    [1, 1],
  );
  mirror.dispose();
});

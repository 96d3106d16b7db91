import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openTestTerminals } from "../testing/open-test-terminals.ts";
import { openPty, type Pty } from "./pty.ts";

/** Runs a script on a terminal in raw mode and waits until that is set. */
const openRaw = async (script: string) => {
  const chunks: Buffer[] = [];
  const ready = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<unknown>();
  const pty = openPty({
    argv: ["/bin/sh", "-c", `stty raw -echo; printf ready; ${script}`],
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    cols: 80,
    rows: 24,
    onData: (bytes) => {
      chunks.push(Buffer.from(bytes));
      ready.resolve();
    },
    onExit: exited.resolve,
  });
  await ready.promise;
  const printed = (): Buffer => Buffer.concat(chunks).subarray("ready".length);
  return { pty, exited: exited.promise, printed };
};

/** Every eight bytes say where they stand. */
const numbered = (bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes / 8 }, (_, index) => `${String(index).padStart(7, "0")}\n`).join(""));

/** The longest that the event loop stood still meanwhile, in ms. */
const standstillDuring = async (run: () => Promise<unknown>): Promise<number> => {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const looking = setInterval(look, 5);
  await run();
  look();
  clearInterval(looking);
  return longest;
};

/** A paste, and then keys one by one. */
const type = (pty: Pty, bytes: Buffer, keys: number): void => {
  const paste = bytes.length - keys;
  assert.ok(pty.write(bytes.subarray(0, paste)));
  for (let index = paste; index < bytes.length; index++) assert.ok(pty.write(bytes.subarray(index, index + 1)));
};

test("a paste into a program that does not read yet stops nobody and arrives whole, the keys after it too", async () => {
  const typed = numbered(800_000);
  const { pty, exited, printed } = await openRaw(`sleep 0.7; head -c ${typed.length} | sha256sum`);
  const standstill = await standstillDuring(async () => {
    type(pty, typed, 50);
    await exited;
  });
  assert.equal(printed().toString().slice(0, 64), createHash("sha256").update(typed).digest("hex"));
  assert.ok(standstill < 200, `the event loop stood still for ${standstill} ms`);
});

test("a paste into a program whose output nobody reads meanwhile comes back whole and once", async () => {
  const typed = numbered(400_000);
  const { pty, exited, printed } = await openRaw(`head -c ${typed.length}`);
  pty.pause();
  const standstill = await standstillDuring(async () => {
    type(pty, typed, 50);
    await sleep(300);
    assert.ok(printed().length < typed.length / 2);
    pty.resume();
    await exited;
  });
  assert.ok(printed().equals(typed), `${printed().length} of ${typed.length} bytes, or others`);
  assert.ok(standstill < 200, `the event loop stood still for ${standstill} ms`);
});

test("more than 4 MiB do not wait: what is too much is refused whole, and the rest arrives", async () => {
  const typed = numbered(1_000_000);
  const { pty, exited, printed } = await openRaw("sleep 0.3; head -c 4000000 | sha256sum");
  const answers = Array.from({ length: 6 }, () => pty.write(typed));
  assert.deepEqual(answers, [true, true, true, true, false, false]);
  await exited;
  const hash = createHash("sha256");
  for (let times = 0; times < 4; times++) hash.update(typed);
  assert.equal(printed().toString().slice(0, 64), hash.digest("hex"));
});

test("what waits for a program that ends is dropped with it, and typing goes on to do no harm", async () => {
  const { pty, exited } = await openRaw("sleep 0.2");
  assert.ok(pty.write(numbered(800_000)));
  assert.deepEqual(await exited, { exitCode: 0, signal: 0 });
  assert.ok(pty.write(numbered(800_000)));
});

test("who types more than can wait is told, and once it can be typed again nothing is said", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await shell.type(viewer, "true");
  viewer.input("stty raw -echo; echo ready-$((1+1)); sleep 0.5; head -c 4000000 > /dev/null; stty sane\n");
  await viewer.waitFor(/ready-2/);
  const mine = "x".repeat(1_000_000);
  for (let times = 0; times < 5; times++) viewer.input(mine);
  const notices = () => viewer.messages.filter(({ t }) => t === "notice");
  assert.deepEqual(
    notices().map((notice) => "code" in notice && notice.code),
    ["not-read"],
  );
  await shell.logged(2);
  await shell.type(viewer, "true");
  assert.equal(notices().length, 1);
});

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import headless from "@xterm/headless";
import { FakeSocket } from "../testing/fake-socket.ts";
import { openTestTerminals, type TestTerminals } from "../testing/open-test-terminals.ts";
import { windowBounds } from "./viewer-window.ts";

const attachTo = (shell: TestTerminals, since?: { epoch: string; seq: number }, name = "1"): FakeSocket => {
  const socket = new FakeSocket();
  if (since) socket.seq = since.seq;
  shell.terminals.attach(name, { socket: socket.asWebSocket, role: "student", id: crypto.randomUUID() });
  socket.receive({ t: "attach", cols: 100, rows: 30, ...(since ? { since } : {}) });
  return socket;
};
const epochOf = (socket: FakeSocket): string =>
  socket.messages.flatMap((message) => (message.t === "hello" ? [message.epoch] : [])).at(-1) ??
  assert.fail("no hello");

/** How much of a flood has come to who does not read, once no more does. On a busy machine it may begin late. */
const heldBack = async (viewer: FakeSocket): Promise<number> => {
  for (const deadline = performance.now() + 30_000; viewer.output.length < windowBounds.least; await sleep(5))
    assert.ok(performance.now() < deadline, "there was no flood");
  for (let held = -1; held !== viewer.output.length; await sleep(100)) held = viewer.output.length;
  return viewer.output.length;
};

test("when the first terminal is closed, the one that was opened next is the first", async () => {
  await using shell = await openTestTerminals();
  await shell.type(shell.attach(), "cd /tmp");
  await shell.terminals.open("web");
  const viewer = attachTo(shell, undefined, "web");
  await shell.type(viewer, "cd /usr");
  const current = (): Promise<string> => readlink(join(shell.runtime, "session.cast"));
  assert.match(await current(), /^session-\w+-1\.cast$/);
  assert.equal(shell.terminals.currentDirectory(), "/tmp");
  await shell.terminals.close("1");
  assert.equal(shell.terminals.currentDirectory(), "/usr");
  await shell.type(viewer, "true");
  assert.match(await current(), /^session-\w+-web\.cast$/);
});

test("a viewer that comes back goes on where it was, byte for byte, and its shell never noticed", async () => {
  await using shell = await openTestTerminals();
  const witness = shell.attach();
  const first = shell.attach();
  first.input(
    "stty -echo; PS1=; for i in $(seq 1 2000); do echo line-$i-é漢; [ $i = 100 ] && sleep 0.3; done; echo end-$((1+1))\n",
  );
  await first.waitFor(/line-50-/);
  const before = Buffer.from(first.output);
  const since = { epoch: epochOf(first), seq: first.seq };
  first.close();
  await witness.waitFor(/end-2/);
  const second = attachTo(shell, since);
  await second.waitFor(/end-2/);
  assert.equal(second.snapshot, undefined, "a delta, no snapshot");
  assert.ok(
    Buffer.concat([before, second.output]).equals(witness.output.subarray(0, before.length + second.output.length)),
  );
});

test("who asks for another shell's output, or for what is gone, gets a snapshot of the screen", async () => {
  await using shell = await openTestTerminals();
  const first = shell.attach();
  first.input("stty -echo; seq 1 900000; echo the-end\n");
  await first.waitFor(/\nthe-end\r\n/, 20_000);
  for (const since of [{ epoch: "another", seq: 0 }, { epoch: epochOf(first), seq: 0 }, undefined]) {
    const late = attachTo(shell, since);
    const deadline = performance.now() + 10_000;
    while (!late.snapshot?.includes("the-end") && performance.now() < deadline) await sleep(10);
    assert.match(late.snapshot ?? "", /900000\r?\n[\s\S]*the-end/);
    assert.equal(late.seq, first.seq);
    late.close();
  }
});

test("a viewer that never reads neither stalls the others nor grows, and gets a snapshot when it reads again", async () => {
  await using shell = await openTestTerminals();
  const fast = shell.attach();
  const slow = shell.attach();
  slow.isAcknowledging = false;
  fast.input("stty -echo; seq 1 1500000; echo done-$((1+1))\n");
  await fast.waitFor(/done-2/, 30_000);
  assert.ok(slow.output.length <= 1024 * 1024, `it was sent ${slow.output.length} bytes`);
  slow.isAcknowledging = true;
  slow.receive({ t: "ack", seq: slow.seq });
  const deadline = performance.now() + 10_000;
  while (!slow.snapshot?.includes("done-2") && performance.now() < deadline) await sleep(10);
  assert.match(slow.snapshot ?? "", /1500000[\s\S]*done-2/);
  assert.ok(slow.messages.some((message) => message.t === "resync" && message.reason === "slow"));
});

test("when the only viewer does not read, the shell waits and nothing is lost", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.isAcknowledging = false;
  viewer.input("stty -echo; PS1=; seq 1 1000000 | tee all.txt; echo end-$((1+1))\n");
  await sleep(700);
  const held = viewer.output.length;
  await sleep(300);
  assert.equal(viewer.output.length, held, "the PTY is paused");
  assert.ok(held < 2 * 1024 * 1024);
  viewer.isAcknowledging = true;
  viewer.receive({ t: "ack", seq: viewer.seq });
  await viewer.waitFor(/end-2/, 30_000);
  const all = await readFile(join(shell.home, "all.txt"), "utf8");
  assert.ok(viewer.text.includes(all.replaceAll("\n", "\r\n")), "every byte arrived, once and in order");
});

test("who interrupts a flood gets its rest and the prompt without having to read first", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.input("PS1='ready> '; clear\n");
  await viewer.waitFor(/ready> $/);
  for (let round = 0; round < 5; round++) {
    viewer.isAcknowledging = false;
    viewer.input("yes\n");
    const held = await heldBack(viewer);
    viewer.input("\u0003");
    await viewer.waitFor(/\^C\r\n.*ready> $/s, 5000);
    assert.ok(viewer.output.length <= held + 64 * 1024, `${viewer.output.length - held} bytes more are under way`);
    viewer.isAcknowledging = true;
    viewer.receive({ t: "ack", seq: viewer.seq });
    viewer.forget();
  }
});

test("a program that takes no interrupt is held by who does not read, however often they try", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.isAcknowledging = false;
  viewer.input("trap '' INT; yes\n");
  const held = await heldBack(viewer);
  for (let round = 0; round < 20; round++, await sleep(20)) viewer.input("\u0003");
  assert.ok(viewer.output.length <= held + 64 * 1024, `${viewer.output.length - held} bytes more are under way`);
});

test("a shell does not wait for a page that nobody sees, which gets a screen when it is seen again", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.isAcknowledging = false;
  viewer.receive({ t: "visible", visible: false });
  viewer.input("stty -echo; seq 1 1500000; touch finished\n");
  const finished = join(shell.home, "finished");
  for (const deadline = performance.now() + 30_000; !existsSync(finished); await sleep(20))
    assert.ok(performance.now() < deadline, "the command waits for somebody to read");
  assert.ok(viewer.output.length <= 1024 * 1024, `it was sent ${viewer.output.length} bytes`);
  // What it was sent is read meanwhile, seldom, and brings nothing new as long as nobody sees it.
  viewer.receive({ t: "ack", seq: viewer.seq });
  await sleep(200);
  assert.equal(viewer.snapshot?.includes("1500000") ?? false, false);
  viewer.isAcknowledging = true;
  viewer.receive({ t: "visible", visible: true });
  const isShown = (): boolean => viewer.snapshot?.includes("1500000") ?? false;
  for (const deadline = performance.now() + 10_000; !isShown(); await sleep(10))
    assert.ok(performance.now() < deadline, "no screen came");
});

test("what a page missed while nobody saw it follows in order when it is seen again", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.isAcknowledging = false;
  viewer.input("stty -echo; PS1=; seq 1 100000; echo end-$((1+1))\n");
  for (let held = -1; held !== viewer.output.length; await sleep(100)) held = viewer.output.length;
  viewer.receive({ t: "visible", visible: false });
  viewer.receive({ t: "visible", visible: true });
  viewer.isAcknowledging = true;
  viewer.receive({ t: "ack", seq: viewer.seq });
  await viewer.waitFor(/99999\r\n100000\r\nend-2/);
});

test("what is under way to a page that reads slowly becomes little, and a fast one gets more", async () => {
  await using shell = await openTestTerminals();
  const page = shell.attach();
  page.input("stty -echo; PS1=; echo ready-$((1+1))\n");
  await page.waitFor(/ready-2/);
  page.isAcknowledging = false;
  page.input("seq 1000000000\n");
  let read = page.seq;
  /** Reads so much every 10 ms; answers how much was under way. */
  const readSome = async (bytes: number): Promise<number> => {
    await sleep(10);
    const underWay = page.seq - read;
    read = Math.min(page.seq, read + bytes);
    page.receive({ t: "ack", seq: read });
    page.forget();
    return underWay;
  };
  for (let round = 0; round < 60; round++) await readSome(10_000);
  for (let round = 0; round < 30; round++) {
    const underWay = await readSome(10_000);
    assert.ok(underWay <= 80 * 1024, `${underWay} bytes were under way to a page that reads at most 1 MB/s`);
  }
  let most = 0;
  for (const deadline = performance.now() + 20_000; most < 96 * 1024; most = Math.max(most, await readSome(10_000_000)))
    assert.ok(performance.now() < deadline, `${most} bytes were under way to a page that reads all it gets`);
});

test("a shell that ends says how, keeps its screen, and can be started anew", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  await viewer.waitFor(/[#$] $/);
  viewer.input("exit 3\n");
  const deadline = performance.now() + 5000;
  while (!viewer.messages.some(({ t }) => t === "state") && performance.now() < deadline) await sleep(5);
  assert.deepEqual(
    viewer.messages.filter(({ t }) => t === "state"),
    [{ t: "state", state: "exited", exitCode: 3 }],
  );
  assert.deepEqual(
    shell.terminals.list().map(({ state, exitCode }) => [state, exitCode]),
    [["exited", 3]],
  );
  const epoch = epochOf(viewer);
  viewer.seq = 0;
  viewer.receive({ t: "restart" });
  await viewer.waitFor(/exit[\s\S]*[#$] $/);
  assert.notEqual(epochOf(viewer), epoch);
  viewer.input("echo again-$((1+1))\n");
  await viewer.waitFor(/again-2/);
});

test("closing a terminal ends everything that runs in it", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.input("sleep 1234 & echo job-$!-\n");
  await viewer.waitFor(/job-(\d+)-\r/);
  const pid = Number(/job-(\d+)-\r/.exec(viewer.text)?.[1]);
  await shell.terminals.close("1");
  await sleep(600);
  assert.equal(viewer.readyState, 3);
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // Where nobody reaps, the dead one stays as a zombie.
  assert.match(stat, /^$|\) Z /);
});

test("after a restart on the same volume the last screen is there, the log goes on, and both recordings are whole", async () => {
  await using first = await openTestTerminals();
  const viewer = first.attach();
  await first.type(viewer, "echo before-the-restart");
  await first.terminals[Symbol.asyncDispose]();
  await sleep(1100);
  await using second = await openTestTerminals({ folder: first.home });
  const again = second.attach();
  await again.waitFor(/before-the-restart[\s\S]*The shell was restarted at[\s\S]*[#$] $/);
  await second.type(again, "echo after");
  assert.deepEqual(
    (await second.commands()).map(({ seq, command }) => [seq, command]),
    [
      [1, "echo before-the-restart"],
      [2, "echo after"],
    ],
  );
  const recordings = await second.recordings();
  assert.equal(recordings.length, 2);
  assert.equal(await readlink(join(second.runtime, "session.cast")), recordings[1]);
  for (const [index, name] of recordings.entries()) {
    const lines = (await readFile(join(second.runtime, name), "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    const { version, width } = lines[0] as { version: number; width: number };
    // The second begins at the size for which the last screen is painted.
    assert.deepEqual([version, width], [2, index === 0 ? 80 : 100]);
    assert.ok(lines.slice(1).every((event) => Array.isArray(event) && ["o", "m", "r"].includes(event[1] as string)));
    assert.ok(
      lines.some((event) => Array.isArray(event) && event[1] === "m"),
      "commands are markers",
    );
  }
});

test("a recording holds exactly what the terminal printed", async () => {
  await using shell = await openTestTerminals();
  const viewer = shell.attach();
  viewer.input(
    "stty -echo; for i in $(seq 1 3000); do printf 'é漢🎉\\033[3%dm%d\\r\\n' $((i % 8)) $i; done; echo end-$((1+1))\n",
  );
  await viewer.waitFor(/end-2[\s\S]*[#$] $/, 10_000);
  const [name = ""] = await shell.recordings();
  const events = (await readFile(join(shell.runtime, name), "utf8"))
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line) as [number, string, string]);
  assert.equal(
    events
      .filter(([, code]) => code === "o")
      .map(([, , text]) => text)
      .join(""),
    viewer.text,
  );
  assert.ok(events.every(([time], index) => index === 0 || time >= (events[index - 1]?.[0] ?? 0)));
});

test("a viewer that is behind is told a size where the terminal took it", async () => {
  await using shell = await openTestTerminals();
  const fast = shell.attach();
  const slow = shell.attach();
  slow.isAcknowledging = false;
  fast.input("stty -echo; PS1=; seq 1 60000; echo at-the-$((1+1))nd\n");
  await fast.waitFor(/at-the-2nd\r\n/);
  const behind = slow.seq;
  fast.receive({ t: "resize", cols: 90, rows: 20 });
  fast.input("echo over-$((1+1))\n");
  await fast.waitFor(/over-2\r\n/);
  assert.ok(behind < fast.seq - 100_000, `${behind} of ${fast.seq}`);
  slow.isAcknowledging = true;
  slow.receive({ t: "ack", seq: slow.seq });
  await slow.waitFor(/over-2\r\n/);
  const { seq, ...last } = fast.sizes.at(-1) ?? assert.fail();
  assert.deepEqual(last, { cols: 90, rows: 20 });
  assert.deepEqual(slow.sizes.at(-1), { seq, ...last });
});

test("a screen that could not be made once is made for the next who asks", async (context) => {
  await using shell = await openTestTerminals();
  const first = shell.attach();
  first.input("stty -echo; seq 1 200000; echo the-end\n");
  await first.waitFor(/\nthe-end\r\n/);
  const broken = context.mock.method(headless, "Terminal", () => {
    throw new Error("no memory");
  });
  const failed = attachTo(shell);
  for (const deadline = performance.now() + 10_000; failed.readyState === 1; await sleep(5))
    assert.ok(performance.now() < deadline, "nobody said that it failed");
  broken.mock.restore();
  const next = attachTo(shell);
  for (const deadline = performance.now() + 10_000; !next.snapshot?.includes("the-end"); await sleep(5))
    assert.ok(performance.now() < deadline && next.readyState === 1, "there was no snapshot");
});

test("the note for the next container holds no secret, and its shell starts above where one is", async () => {
  await using shell = await openTestTerminals({ secrets: ["hunter22"] });
  const viewer = shell.attach();
  await shell.type(viewer, "mkdir -p a/of-hunter22/deep && cd a/of-hunter22/deep");
  const noted = (): string => readFileSync(join(shell.runtime, "terminals.json"), "utf8");
  for (const deadline = performance.now() + 10_000; !noted().includes("/a/"); await sleep(20))
    assert.ok(performance.now() < deadline, noted());
  assert.doesNotMatch(noted(), /hunter22/);
  await shell.terminals[Symbol.asyncDispose]();
  await using later = await openTestTerminals({ folder: shell.runtime, secrets: ["hunter22"] });
  await later.type(later.attach(), "true");
  assert.equal((await later.commands()).at(-1)?.cwd, join(shell.home, "a"));
});

test("several viewers: the shell has the size of who typed last, and everybody is told", async () => {
  await using shell = await openTestTerminals();
  const attach = (cols: number, rows: number): FakeSocket => {
    const socket = new FakeSocket();
    shell.terminals.attach("1", { socket: socket.asWebSocket, role: "student", id: crypto.randomUUID() });
    socket.receive({ t: "attach", cols, rows });
    return socket;
  };
  const sizesOf = (socket: FakeSocket): readonly string[] =>
    socket.messages.flatMap((message) => (message.t === "size" ? [`${message.cols}x${message.rows}`] : []));
  const laptop = attach(120, 40);
  await laptop.waitFor(/[#$] $/);
  const phone = attach(50, 20);
  laptop.input("stty size\n");
  await laptop.waitFor(/40 120\r\n/);
  phone.receive({ t: "resize", cols: 51, rows: 21 });
  assert.equal(sizesOf(phone).at(-1), "120x40", "who only looks is told what it is");
  phone.input("stty size\n");
  await laptop.waitFor(/21 51\r\n/);
  assert.equal(sizesOf(laptop).at(-1), "51x21");
  // A terminal's answer is nobody's typing, and only one is asked for.
  laptop.input("\u001b[?1;2c");
  phone.close();
  laptop.input("stty size\n");
  await laptop.waitFor(/40 120\r\n[\s\S]*40 120\r\n/);
  assert.doesNotMatch(laptop.text, /1;2c/);
});

test("a shell that reports nothing works all the same, and the terminal says that its commands are not logged", async () => {
  await using shell = await openTestTerminals({ shell: "/bin/sh" });
  const viewer = shell.attach();
  viewer.input("echo works-$((1+1))\n");
  await viewer.waitFor(/works-2/);
  assert.deepEqual(
    shell.terminals.list().map(({ commandLog }) => commandLog),
    ["none"],
  );
  assert.deepEqual(await shell.commands(), []);
});

test("after a restart of the container all terminals are back, by name, where they were, with what they showed", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-return-"));
  try {
    {
      await using shell = await openTestTerminals({ folder });
      await shell.terminals.open("web");
      for (const [name, line] of [
        ["1", `mkdir -p ${folder}/gone && cd ${folder}/gone && echo first-$((1+1))`],
        ["web", `mkdir -p ${folder}/kept && cd ${folder}/kept && echo web-$((1+1))`],
      ] as const) {
        const viewer = attachTo(shell, undefined, name);
        viewer.input(`${line}\n`);
        await viewer.waitFor(/(first|web)-2/);
      }
      await shell.logged(2);
    }
    await rm(join(folder, "gone"), { recursive: true });
    await using shell = await openTestTerminals({ folder });
    assert.deepEqual(
      shell.terminals.list().map(({ name }) => name),
      ["1", "web"],
    );
    for (const [name, where] of [
      ["1", ""],
      ["web", "/kept"],
    ] as const) {
      const viewer = attachTo(shell, undefined, name);
      await viewer.waitFor(/The shell was restarted at/);
      assert.match(viewer.text, name === "1" ? /first-2[\s\S]*restarted/ : /web-2[\s\S]*restarted/);
      viewer.input('echo "at-$PWD-"\n');
      await viewer.waitFor(new RegExp(`at-${folder}${where}-`));
    }
    await shell.terminals.close("1");
    await shell.terminals[Symbol.asyncDispose]();
    await using third = await openTestTerminals({ folder });
    assert.deepEqual(
      third.terminals.list().map(({ name }) => name),
      ["web"],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

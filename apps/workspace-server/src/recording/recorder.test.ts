import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { closeSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type CastItem, createCastDecoder, createCastExport, decodeCastIndex, seekCast } from "@atelier/contract";
import { openRecorder, type Recorder, type RecorderOptions } from "./recorder.ts";
import { knownSecrets } from "../secrets/known-secrets.ts";
import { limitFiles } from "../testing/limit-files.ts";

interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly told: readonly string[];
  clock: number;
  open(options?: Partial<RecorderOptions>): Recorder;
  names(): Promise<readonly string[]>;
  items(name: string): Promise<readonly CastItem[]>;
}

const openBench = async (): Promise<Bench> => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-recorder-"));
  const told: string[] = [];
  const bench: Bench = {
    folder,
    told,
    clock: 1000,
    open: (options = {}) =>
      openRecorder({
        folder,
        terminal: "1",
        cols: 80,
        rows: 24,
        shell: "/bin/bash",
        title: "terminal 1",
        isFirst: () => true,
        secrets: knownSecrets([]),
        now: () => new Date("2026-01-31T12:00:00Z"),
        clock: () => bench.clock,
        onFailure: (cause) => told.push(`failed: ${cause}`),
        onRecovery: (lost) => told.push(`recovered: ${lost}`),
        onReplaced: (count) => told.push(`replaced: ${count}`),
        ...options,
      }),
    names: async () => (await readdir(folder)).filter((name) => /^session-.*\.cast$/.test(name)).sort(byPart),
    items: async (name) => {
      const decoder = createCastDecoder();
      const items = decoder.push(await readFile(join(folder, name), "utf8"));
      assert.deepEqual([decoder.badLines, decoder.pending], [[], ""], name);
      return items;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  return bench;
};
const byPart = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);
const outputOf = (items: readonly CastItem[]): string =>
  items.map((item) => (item.kind === "event" && item.event.code === "o" ? item.event.data : "")).join("");

test("a recording holds output, markers and sizes with their times, and names its place", async () => {
  await using bench = await openBench();
  const recorder = bench.open();
  recorder.output(Buffer.from("é漢\r\n"));
  bench.clock += 1500;
  recorder.marker("step: one");
  recorder.resize(80, 24);
  recorder.resize(100, 30);
  recorder.close();
  recorder.output(Buffer.from("too late"));
  const name = "session-20260131T120000Z-1.cast";
  assert.deepEqual(await bench.names(), [name]);
  assert.equal(await readlink(join(bench.folder, "session.cast")), name);
  assert.deepEqual(await bench.items(name), [
    {
      kind: "header",
      header: {
        width: 80,
        height: 24,
        timestamp: 1769860800,
        title: "terminal 1",
        env: { SHELL: "/bin/bash", TERM: "xterm-256color" },
        atelier: { terminal: "1", part: 1, offset: 0 },
      },
    },
    { kind: "event", event: { t: 0, code: "o", data: "é漢\r\n" } },
    { kind: "event", event: { t: 1.5, code: "m", data: "step: one" } },
    { kind: "event", event: { t: 1.5, code: "r", data: "100x30" } },
  ]);
});

test("a full part is followed by the next one, and together they are the whole recording", async () => {
  await using bench = await openBench();
  const recorder = bench.open({ partBytes: 10_000 });
  let whole = "";
  for (let number = 0; number < 100; number++) {
    bench.clock += 250;
    const text = `${number} ${"x".repeat(500)}\r\n`;
    whole += text;
    recorder.output(Buffer.from(text));
  }
  recorder.close();
  const names = await bench.names();
  assert.equal(names.length, 6);
  assert.equal(await readlink(join(bench.folder, "session.cast")), names.at(-1));
  const items = (await Promise.all(names.map(bench.items))).flat();
  assert.equal(outputOf(items), whole);
  for (const format of ["v2", "v3"] as const) {
    const decoder = createCastDecoder();
    const exported = decoder.push(items.map(createCastExport(format)).join(""));
    assert.equal(outputOf(exported), whole);
    const last = exported.at(-1);
    assert.ok(last?.kind === "event" && Math.abs(last.event.t - 25) < 0.001, "time goes on over the parts");
  }
});

test("a part begins with the size that its first output was printed at, also where that had to wait", async () => {
  await using bench = await openBench();
  const recorder = bench.open({ partBytes: 50_000 });
  recorder.output(Buffer.from("1".repeat(60_000)));
  // Both wait for the disk when the terminal takes its new size.
  recorder.output(Buffer.from("2".repeat(60_000)));
  recorder.resize(100, 30);
  recorder.output(Buffer.from("wide"));
  recorder.close();
  await recorder.closed;
  const told = (item: CastItem): string =>
    item.kind === "header" ? `${item.header.width}x${item.header.height}` : `${item.event.code} ${item.event.data[0]}`;
  assert.deepEqual(
    (await Promise.all((await bench.names()).map(bench.items))).map((items) => items.map(told)),
    [
      ["80x24", "o 1"],
      ["80x24", "o 2"],
      ["80x24", "r 1", "o w"],
    ],
  );
});

test("the index leads to every MiB and to every marker", async () => {
  await using bench = await openBench();
  const recorder = bench.open();
  for (let number = 0; number < 30; number++) {
    bench.clock += 1000;
    recorder.output(Buffer.from(`${number}:${"x".repeat(100_000)}`));
  }
  recorder.marker("echo done");
  recorder.close();
  await recorder.closed;
  const [name = ""] = await bench.names();
  const index = decodeCastIndex(await readFile(join(bench.folder, `${name}.idx`), "utf8"));
  assert.deepEqual(
    index.map(({ t, marker }) => [t, marker]),
    [
      [12, undefined],
      [23, undefined],
      [30, "echo done"],
    ],
  );
  const text = await readFile(join(bench.folder, name));
  assert.match(text.subarray(seekCast(index, 22.9).offset).toString("utf8", 0, 30), /^\[12\.000000,"o","11:x/);
});

test("an index begins with its recording: what stands there of another one is dropped", async () => {
  await using bench = await openBench();
  const index = join(bench.folder, "session-20260131T120000Z-1.cast.idx");
  await writeFile(index, '{"t":99.000000,"offset":4711}\n');
  const recorder = bench.open();
  recorder.marker("ls");
  recorder.close();
  assert.deepEqual(
    decodeCastIndex(await readFile(index, "utf8")).map(({ t, marker }) => [t, marker]),
    [[0, "ls"]],
  );
});

test("a pipe where an index is to be, which nobody reads, is none, and nobody waits for it", async () => {
  await using bench = await openBench();
  const index = join(bench.folder, "session-20260131T120000Z-1.cast.idx");
  await promisify(execFile)("mkfifo", [index]);
  const recorder = bench.open();
  recorder.output(Buffer.from("one"));
  recorder.close();
  assert.equal(outputOf(await bench.items((await bench.names())[0] ?? "")), "one");
});

test("a recording that somebody removes goes on in a new part with the next command", async () => {
  await using bench = await openBench();
  const recorder = bench.open();
  recorder.output(Buffer.from("one"));
  await rm(join(bench.folder, (await bench.names())[0] ?? ""));
  recorder.marker("ls");
  recorder.output(Buffer.from("two"));
  recorder.close();
  const names = await bench.names();
  assert.deepEqual(names, ["session-20260131T120000Z-1-2.cast"]);
  assert.equal(await readlink(join(bench.folder, "session.cast")), names[0]);
  assert.equal(outputOf(await bench.items(names[0] ?? "")), "two");
});

test("a recording that somebody removes goes on without any command as well, as of a shell that tells none", async () => {
  await using bench = await openBench();
  const recorder = bench.open();
  recorder.output(Buffer.from("one"));
  await rm(join(bench.folder, (await bench.names())[0] ?? ""));
  bench.clock += 1000;
  recorder.output(Buffer.from("two"));
  recorder.close();
  const [name = assert.fail("there is no file")] = await bench.names();
  assert.equal(outputOf(await bench.items(name)), "two");
});

test("session.cast that could not be pointed is pointed with the next event", async () => {
  await using bench = await openBench();
  const link = join(bench.folder, "session.cast");
  await mkdir(link);
  const recorder = bench.open();
  recorder.output(Buffer.from("one"));
  await rmdir(link);
  recorder.output(Buffer.from("two"));
  recorder.close();
  assert.equal(await readlink(link), (await bench.names())[0]);
});

test("long output, small output and markers come in their order, over parts, and a close waits for all of it", async () => {
  await using bench = await openBench();
  const recorder = bench.open({ partBytes: 200_000 });
  const wanted: string[] = [];
  for (let number = 0; number < 12; number++) {
    bench.clock += 10;
    const long = `<${number}>${"é".repeat(20_000)}\r\n`;
    recorder.output(Buffer.from(long));
    recorder.marker(`after ${number}`);
    recorder.output(Buffer.from("small"));
    wanted.push(long, `after ${number}`, "small");
  }
  assert.equal(recorder.isBehind, false);
  recorder.close();
  recorder.marker("too late");
  await recorder.closed;
  const items = (await Promise.all((await bench.names()).map(bench.items))).flat();
  assert.deepEqual(
    items.flatMap((item) => (item.kind === "event" ? [item.event.data] : [])),
    wanted,
  );
  assert.ok((await bench.names()).length > 1);
});

test("who writes more than the disk takes is told that it is behind, and when it no longer is", async () => {
  await using bench = await openBench();
  const caughtUp = Promise.withResolvers<void>();
  const recorder = bench.open({ onCaughtUp: caughtUp.resolve });
  const long = Buffer.from("x".repeat(60_000));
  recorder.output(long);
  assert.equal(recorder.isBehind, false);
  // Nothing of it can be done before this test gives its thread away.
  bench.clock += 1001;
  assert.equal(recorder.isBehind, true, "a second late");
  bench.clock -= 1001;
  for (let number = 0; number < 20; number++) recorder.output(long);
  assert.equal(recorder.isBehind, true, "a megabyte behind");
  await caughtUp.promise;
  assert.equal(recorder.isBehind, false);
  recorder.close();
  await recorder.closed;
  assert.equal(outputOf(await bench.items((await bench.names())[0] ?? "")).length, 21 * 60_000);
});

test("bytes that are no UTF-8 are replaced and counted, characters cut by chunks are not", async () => {
  await using bench = await openBench();
  const recorder = bench.open();
  const text = Buffer.from("漢🎉\ufffd");
  for (const byte of text) recorder.output(Buffer.of(byte));
  assert.deepEqual(bench.told, []);
  recorder.output(Buffer.from([0x41, 0xff, 0xfe, 0x42]));
  recorder.output(Buffer.from([0xc3]));
  recorder.close();
  assert.deepEqual(bench.told, ["replaced: 2", "replaced: 3"]);
  assert.equal(outputOf(await bench.items((await bench.names())[0] ?? "")), "漢🎉\ufffdA\ufffd\ufffdB\ufffd");
});

test("known secrets are in no recording, also when they come key by key and with a marker in between", async () => {
  await using bench = await openBench();
  const recorder = bench.open({ secrets: knownSecrets(["hunter22", "p w"]) });
  recorder.output(Buffer.from("$ echo "));
  for (const key of "hunter22 ") recorder.output(Buffer.from(key));
  recorder.output(Buffer.from("\r\nhunt"));
  recorder.marker("echo [redacted]");
  recorder.output(Buffer.from("er22 p%20"));
  recorder.output(Buffer.from("w hunt"));
  recorder.close();
  const [name = ""] = await bench.names();
  assert.equal(outputOf(await bench.items(name)), "$ echo [redacted] \r\n[redacted] [redacted] hunt");
});

test("what may be the beginning of a secret is written soon, and in its place", async () => {
  await using bench = await openBench();
  const recorder = bench.open({ secrets: knownSecrets(["hunter22"]) });
  const written = async (): Promise<string> => outputOf(await bench.items((await bench.names())[0] ?? ""));
  const writes = async (text: string): Promise<void> => {
    for (const deadline = performance.now() + 20_000; (await written()) !== text; await sleep(20))
      assert.ok(performance.now() < deadline, await written());
  };
  recorder.output(Buffer.from("$ h"));
  assert.equal(await written(), "$ ");
  await writes("$ h");
  recorder.output(Buffer.from("unter22\r\nhu\u001b["));
  recorder.resize(100, 30);
  recorder.output(Buffer.from("1mn"));
  recorder.close();
  const items = await bench.items((await bench.names())[0] ?? "");
  assert.deepEqual(
    items.flatMap((item) => (item.kind === "event" ? `${item.event.code} ${item.event.data}` : [])),
    ["o $ ", "o h", "o [redacted]\r\n", "o hu\u001b[", "r 100x30", "o 1mn"],
  );
});

test("a part that cannot even be closed ends nothing, and its index is closed all the same", async () => {
  await using bench = await openBench();
  const recorder = bench.open({ partBytes: 200 });
  const open = async (): Promise<readonly string[]> => {
    const links = (await readdir("/proc/self/fd")).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).then((path) => [fd, path]),
    );
    const files = (await Promise.allSettled(links)).flatMap((each) =>
      each.status === "fulfilled" ? [each.value] : [],
    );
    return files.flatMap(([fd = "", path = ""]) =>
      path.startsWith(bench.folder) ? `${fd} ${path.slice(bench.folder.length + 1)}` : [],
    );
  };
  const pullOut = async (): Promise<void> => {
    const file = (await open()).find((each) => each.endsWith(".cast")) ?? assert.fail("no part is open");
    closeSync(Number.parseInt(file, 10));
  };
  recorder.output(Buffer.from("one".repeat(100)));
  await pullOut();
  recorder.output(Buffer.from("two".repeat(100)));
  await pullOut();
  recorder.close();
  await recorder.closed;
  assert.deepEqual(await open(), []);
  assert.deepEqual((await bench.names()).length, 2);
  assert.match(bench.told.join("\n"), /^failed: EBADF/);
});

test("what is closed tries nothing any more, however it failed at the end", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await using bench = await openBench();
  const recorder = bench.open({ partBytes: 200 });
  recorder.output(Buffer.from("x".repeat(100_000)));
  recorder.output(Buffer.from("y"));
  recorder.close();
  rmSync(bench.folder, { recursive: true });
  await recorder.closed;
  assert.match(bench.told.join("\n"), /^failed: ENOENT/);
  await mkdir(bench.folder);
  context.mock.timers.tick(10_000);
  assert.deepEqual(await readdir(bench.folder), []);
});

test("a shell that starts again in the same second gets a recording of its own", async () => {
  await using bench = await openBench();
  for (const text of ["one", "two"]) {
    const recorder = bench.open();
    recorder.output(Buffer.from(text));
    recorder.close();
  }
  const names = await bench.names();
  assert.deepEqual(names, ["session-20260131T120000Z-1.cast", "session-20260131T120001Z-1.cast"]);
  assert.deepEqual((await Promise.all(names.map(bench.items))).map(outputOf), ["one", "two"]);
});

test("a limit of the disk costs nothing while a new part has room; a full disk is told, and mended by itself", async () => {
  await using bench = await openBench();
  const script = fileURLToPath(new URL("../testing/record-in-little-room.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, bench.folder]);
  const [, lost = ""] = /recovered: (\d+)/.exec(stdout) ?? [];
  assert.match(stdout, /^written: 30\nfailed: EFBIG[^\n]*\nrefused: 40\nrecovered: \d+\n$/);
  assert.equal(Number(lost), 10);
  const names = await bench.names();
  const items = (await Promise.all(names.map(bench.items))).flat();
  assert.deepEqual(
    [...outputOf(items).matchAll(/<(\d+)>x{1000}\r\n/g)].map(([, number]) => Number(number)),
    Array.from({ length: 50 }, (_, index) => index + 1).filter((number) => number <= 30 || number > 40),
  );
  assert.deepEqual(
    items.flatMap((item) => (item.kind === "event" && item.event.code === "m" ? item.event.data : [])),
    ["recording: 10 events are missing here"],
  );
});

test("room for a part and for none of its output begins nothing again and again", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await using bench = await openBench();
  const recorder = bench.open();
  recorder.output(Buffer.from("one"));
  limitFiles(1000);
  try {
    for (let number = 0; number < 20; number++) {
      bench.clock += 1000;
      recorder.output(Buffer.from("x".repeat(2000)));
      context.mock.timers.tick(1000);
    }
  } finally {
    limitFiles("unlimited");
  }
  bench.clock += 1000;
  recorder.output(Buffer.from("two"));
  recorder.close();
  const failure = "failed: EFBIG: file too large, write";
  assert.deepEqual(bench.told, [failure, "recovered: 1", failure, "recovered: 19"]);
  const parts = await Promise.all((await bench.names()).map(bench.items));
  assert.deepEqual(
    parts.map((items) => items.flatMap((item) => (item.kind === "event" ? item.event.data : []))),
    [["one"], ["recording: 1 event is missing here"], ["recording: 19 events are missing here", "two"]],
  );
  assert.equal(await readlink(join(bench.folder, "session.cast")), (await bench.names()).at(-1));
});

test("a part that was begun to see whether there is room is one like others once long output is in it", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await using bench = await openBench();
  const written = Promise.withResolvers<void>();
  const recorder = bench.open({ onCaughtUp: written.resolve });
  const refused = (): void => {
    limitFiles(10);
    try {
      recorder.output(Buffer.from("refused"));
    } finally {
      limitFiles("unlimited");
    }
    context.mock.timers.tick(1000);
  };
  refused();
  recorder.output(Buffer.from("x".repeat(60_000)));
  await written.promise;
  refused();
  recorder.close();
  const failure = "failed: EFBIG: file too large, write";
  assert.deepEqual(bench.told, [failure, "recovered: 1", failure, "recovered: 1"]);
});

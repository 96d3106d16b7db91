import assert from "node:assert/strict";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { TailEvent } from "./tail-event.ts";
import { type TailOptions, tailLines } from "./tail-lines.ts";

/** A follower that writes down what it is told, and the folder it follows in. */
interface Follower extends AsyncDisposable {
  readonly folder: string;
  readonly path: string;
  readonly events: readonly TailEvent[];
  /** Every event but `caught-up`, as short words. */
  readonly told: readonly string[];
  /** Waits for this to be what was told. */
  tells(expected: readonly string[]): Promise<void>;
  caughtUp(): Promise<void>;
  start(options?: Partial<TailOptions>): Promise<void>;
}

const short = (event: TailEvent): string => {
  if (event.kind === "line") return event.text;
  if (event.kind === "restart") return `<${event.reason}>`;
  return event.kind === "skipped" ? `<${event.cause} ${event.offset}+${event.bytes}>` : `<${event.kind}>`;
};

const follow = (mode: "watch" | "poll"): Follower => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-tail-"));
  const path = join(folder, "log.jsonl");
  const ending = new AbortController();
  const events: TailEvent[] = [];
  let running: Promise<void> = Promise.resolve();
  const told = (): string[] => events.filter(({ kind }) => kind !== "caught-up").map(short);
  const until = async (isDone: () => boolean, expected: () => void): Promise<void> => {
    for (const deadline = performance.now() + 30_000; !isDone(); await sleep(2))
      if (performance.now() > deadline) expected();
  };
  const follower: Follower = {
    folder,
    path,
    events,
    get told() {
      return told();
    },
    tells: async (expected) => {
      await until(
        () => told().length >= expected.length,
        () => assert.deepEqual(told(), expected),
      );
      assert.deepEqual(told(), expected);
    },
    caughtUp: () =>
      until(
        () => events.some(({ kind }) => kind === "caught-up"),
        () => assert.fail("never caught up"),
      ),
    start: async (options = {}) => {
      running = (async () => {
        const all = { path, mode, pollMs: 5, gatherMs: 1, signal: ending.signal, ...options };
        for await (const event of tailLines(all)) events.push(event);
      })();
      if (options.path === undefined) await follower.caughtUp();
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await running;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return follower;
};

for (const mode of ["watch", "poll"] as const) {
  const it = (name: string, run: (follower: Follower) => Promise<void>): void => {
    test(`${name} (${mode})`, async () => {
      await using follower = follow(mode);
      await run(follower);
    });
  };

  it("tells what was there and what is written while it looks, with positions in bytes", async (f) => {
    writeFileSync(f.path, "é1\n\n");
    await f.start();
    appendFileSync(f.path, "two\nthree\n");
    await f.tells(["é1", "", "two", "three"]);
    assert.deepEqual(
      f.events.flatMap((event) => (event.kind === "line" ? [[event.offset, event.position.offset]] : [])),
      [
        [0, 4],
        [4, 5],
        [5, 9],
        [9, 15],
      ],
    );
  });

  it("waits for a file that is not there yet, and for its folder", async (f) => {
    const path = join(f.folder, "later", "log.jsonl");
    await f.start({ path });
    await f.caughtUp();
    mkdirSync(join(f.folder, "later"));
    writeFileSync(path, "one\n");
    await f.tells(["one"]);
    appendFileSync(path, "two\n");
    await f.tells(["one", "two"]);
  });

  it("keeps a line back until it is whole, and characters that come in pieces", async (f) => {
    await f.start();
    for (const byte of Buffer.from("漢🎉\nñ")) {
      appendFileSync(f.path, Buffer.of(byte));
      await sleep(3);
    }
    await f.tells(["漢🎉"]);
    appendFileSync(f.path, "\n");
    await f.tells(["漢🎉", "ñ"]);
  });

  it("starts again when the file was cut to nothing, also when it has grown past the old place since", async (f) => {
    writeFileSync(f.path, "one\ntwo\n");
    await f.start();
    truncateSync(f.path, 0);
    appendFileSync(f.path, "three\n");
    await f.tells(["one", "two", "<truncated>", "three"]);
    writeFileSync(f.path, `${"x".repeat(200)}\n`);
    await f.tells(["one", "two", "<truncated>", "three", "<truncated>", "x".repeat(200)]);
  });

  it("starts again when the file was written anew to the same length and ends alike", async (f) => {
    const record = (seq: number): string => `{"seq":${seq},"type":"command","command":"${"x".repeat(200)}"}`;
    writeFileSync(f.path, `${record(1)}\n`);
    await f.start();
    await f.tells([record(1)]);
    writeFileSync(f.path, `${record(2)}\n${record(3)}\n`);
    await f.tells([record(1), "<truncated>", record(2), record(3)]);
  });

  it("goes on when a writer cuts its own torn line off", async (f) => {
    writeFileSync(f.path, 'whole\n{"torn":');
    await f.start();
    truncateSync(f.path, 6);
    appendFileSync(f.path, "a longer line than the torn one\n");
    await f.tells(["whole", "a longer line than the torn one"]);
    appendFileSync(f.path, "half");
    await sleep(20);
    truncateSync(f.path, 6 + 32);
    appendFileSync(f.path, "x\n");
    await f.tells(["whole", "a longer line than the torn one", "x"]);
  });

  it("reads a file that is renamed away to its end, and goes on with the new one", async (f) => {
    writeFileSync(f.path, "one\n");
    await f.start();
    appendFileSync(f.path, "two\ntorn");
    renameSync(f.path, `${f.path}.1`);
    writeFileSync(f.path, "three\n");
    await f.tells(["one", "two", "<torn 8+4>", "<replaced>", "three"]);
  });

  it("outlives a file that is deleted and made again", async (f) => {
    writeFileSync(f.path, "one\n");
    await f.start();
    unlinkSync(f.path);
    await f.tells(["one", "<gone>"]);
    writeFileSync(f.path, "two\n");
    await f.tells(["one", "<gone>", "<replaced>", "two"]);
  });

  it("outlives its folder being deleted and made again", async (f) => {
    const folder = join(f.folder, "sub");
    const path = join(folder, "log.jsonl");
    mkdirSync(folder);
    writeFileSync(path, "one\n");
    await f.start({ path });
    await f.tells(["one"]);
    rmSync(folder, { recursive: true });
    await f.tells(["one", "<gone>"]);
    mkdirSync(folder);
    writeFileSync(path, "two\n");
    await f.tells(["one", "<gone>", "<replaced>", "two"]);
  });

  it("follows a link from one file to the next", async (f) => {
    writeFileSync(join(f.folder, "a.cast"), "a1\n");
    symlinkSync("a.cast", f.path);
    await f.start();
    appendFileSync(join(f.folder, "a.cast"), "a2\n");
    writeFileSync(join(f.folder, "b.cast"), "b1\n");
    symlinkSync("b.cast", `${f.path}.new`);
    renameSync(`${f.path}.new`, f.path);
    await f.tells(["a1", "a2", "<replaced>", "b1"]);
    appendFileSync(join(f.folder, "b.cast"), "b2\n");
    await f.tells(["a1", "a2", "<replaced>", "b1", "b2"]);
  });

  it("reads every part of a file that goes on under new names, however fast they come", async (f) => {
    const part = (number: number): string => join(f.folder, `part-${number}`);
    writeFileSync(part(1), "1\n");
    await f.start({
      path: part(1),
      successor: (path) => part(Number(/\d+$/.exec(path)?.[0]) + 1),
    });
    await f.tells(["1"]);
    appendFileSync(part(1), "last of 1\n");
    for (const number of [2, 3, 4]) writeFileSync(part(number), `${number}\n`);
    await f.tells(["1", "last of 1", "<rotated>", "2", "<rotated>", "3", "<rotated>", "4"]);
  });

  it("goes on from a position, and says so when the position is none of this file", async (f) => {
    writeFileSync(f.path, "one\ntwo\n");
    await f.start();
    await f.tells(["one", "two"]);
    const first = f.events[0];
    assert.ok(first?.kind === "line");
    const resumed = async (from: NonNullable<TailOptions["from"]>): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const event of tailLines({ path: f.path, from, mode })) {
        if (event.kind === "caught-up") break;
        found.push(short(event));
      }
      return found;
    };
    const { position } = first;
    assert.deepEqual(await resumed(position), ["two"]);
    assert.deepEqual(await resumed({ ...position, offset: 8 }), []);
    for (const bad of [
      { ...position, offset: 2 },
      { ...position, offset: 900 },
      { ...position, file: "0:0" },
    ])
      assert.deepEqual(await resumed(bad), ["<replaced>", "one", "two"]);
    appendFileSync(f.path, "half");
    assert.deepEqual(await resumed("end"), []);
  });

  it("skips what is longer than a line may be, and tells what follows", async (f) => {
    writeFileSync(f.path, `one\n${"x".repeat(700_000)}\ntwo\n${"y".repeat(64)}\n`);
    await f.start({ longestLine: 64 });
    await f.tells(["one", "<too-long 4+700000>", "two", "y".repeat(64)]);
  });

  it("loses nothing and repeats nothing while a writer is busy and the reader is not", async (f) => {
    await f.start();
    const count = 20_000;
    for (let number = 0; number < count; number++) {
      appendFileSync(f.path, `{"seq":${number}}\n`);
      if (number % 1000 === 0) await sleep(1);
    }
    await f.tells(Array.from({ length: count }, (_, number) => `{"seq":${number}}`));
  });
}

test("what a file got just before its successor waits in the file for who reads it", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const used = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const folder = mkdtempSync(join(tmpdir(), "atelier-tail-"));
  const [first, next] = [join(folder, "1"), join(folder, "2")];
  const backlog = Buffer.alloc(20_000_000, `${"x".repeat(99)}\n`);
  writeFileSync(first, "");
  let isWritten = false;
  const successor = (path: string): string | undefined => {
    if (path !== first) return undefined;
    if (!isWritten) for (const file of [first, next]) appendFileSync(file, backlog);
    isWritten = true;
    return next;
  };
  const tail = tailLines({ path: first, mode: "poll", successor });
  try {
    const before = used();
    assert.equal((await tail.next()).value?.kind, "line");
    const held = used() - before;
    assert.ok(held < 4 * 1024 * 1024, `${held} bytes`);
    let lines = 1;
    for await (const { kind } of tail) {
      if (kind === "caught-up") break;
      if (kind === "line") lines++;
    }
    assert.equal(lines, 400_000);
  } finally {
    await tail.return();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("ends at once when the signal aborts, also before it has begun", async () => {
  const ending = new AbortController();
  const tail = tailLines({ path: "/nowhere/at/all", signal: ending.signal });
  assert.deepEqual(await tail.next(), { done: false, value: { kind: "caught-up" } });
  const waiting = tail.next();
  ending.abort();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  const never = tailLines({ path: "/nowhere/at/all", signal: AbortSignal.abort() });
  assert.deepEqual(await never.next(), { done: true, value: undefined });
});

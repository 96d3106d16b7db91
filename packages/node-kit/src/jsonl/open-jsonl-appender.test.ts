import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs, {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { type AppenderState, openJsonlAppender } from "./open-jsonl-appender.ts";

const inFolder = (run: (path: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-jsonl-"));
  try {
    run(join(folder, "log.jsonl"));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const now = (): Date => new Date(0);
const seqs = (path: string): number[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { seq: number }).seq);

test("seq goes on after a restart", () =>
  inFolder((path) => {
    for (let run = 0; run < 3; run++) {
      const log = openJsonlAppender({ path, now });
      log.append({ type: "a" });
      log.append({ type: "b", text: "x".repeat(40_000) });
      log.close();
    }
    assert.deepEqual(seqs(path), [1, 2, 3, 4, 5, 6]);
  }));

test("a torn last line is cut off and its number used again, since nobody has read it as a record", () =>
  inFolder((path) => {
    const first = openJsonlAppender({ path, now });
    first.append({ type: "a" });
    first.close();
    appendFileSync(path, '{"v":1,"seq":2,"ts":"19');
    const second = openJsonlAppender({ path, now });
    assert.equal(second.append({ type: "b" }).seq, 2);
    second.close();
    assert.deepEqual(seqs(path), [1, 2]);
  }));

test("a file of nothing but a torn line starts at 1, and bad lines in between are passed over", () =>
  inFolder((path) => {
    appendFileSync(path, `{"seq":${"9".repeat(300_000)}`);
    const log = openJsonlAppender({ path, now });
    assert.equal(log.append({ type: "a" }).seq, 1);
    log.close();
    appendFileSync(path, "garbage\n");
    const next = openJsonlAppender({ path, now });
    assert.equal(next.append({ type: "b" }).seq, 2);
    next.close();
  }));

test("a file that is removed, or its folder, is made again and goes on with the next number", () =>
  inFolder((path) => {
    const states: string[] = [];
    const folder = join(dirname(path), "sub");
    const own = join(folder, "log.jsonl");
    mkdirSync(folder);
    const log = openJsonlAppender({ path: own, now, onState: ({ kind }) => states.push(kind) });
    log.append({ type: "a" });
    unlinkSync(own);
    log.append({ type: "b" });
    assert.deepEqual(seqs(own), [2]);
    rmSync(folder, { recursive: true });
    log.append({ type: "c" });
    assert.deepEqual(states, ["failing"]);
    mkdirSync(folder);
    log.append({ type: "d" });
    log.close();
    assert.deepEqual(
      [seqs(own), states],
      [
        [3, 4],
        ["failing", "ok"],
      ],
    );
  }));

test("a pipe that takes the file's place, which nobody reads, holds the server up no more than a full disk", () =>
  inFolder((path) => {
    const log = openJsonlAppender({ path, now });
    log.append({ type: "a" });
    unlinkSync(path);
    execFileSync("mkfifo", [path]);
    // A pipe holds 64 KiB.
    for (let count = 0; count < 100; count++) log.append({ type: "b", text: "x".repeat(1000) });
    assert.equal(log.state.kind, "failing");
    unlinkSync(path);
    log.append({ type: "c" });
    assert.deepEqual([log.state.kind, seqs(path).at(-1)], ["ok", 102]);
    log.close();
  }));

test("bytes that are no record are passed over, however many they are", () => {
  const before = '{"v":1,"seq":4}\ngarbage\n{"v":1,"seq":5}\n';
  // No string and hardly any memory would hold these; a machine that lost its power may leave such a hole.
  const hole = 600 * 1024 * 1024;
  for (const [ending, kept] of [
    ["", before.length],
    ["\n", hole + 1],
  ] as const)
    inFolder((path) => {
      appendFileSync(path, before);
      truncateSync(path, hole);
      appendFileSync(path, ending);
      const log = openJsonlAppender({ path, now });
      assert.deepEqual([log.lastSeq, statSync(path).size], [5, kept]);
      log.close();
    });
});

/** How large files of this process may become: what lies above is refused as a full disk refuses it. */
const limitFiles = (bytes: number | "unlimited"): void => {
  execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:unlimited`]);
};

test("half a line that cannot be cut off is a bad line, and the record comes below it", (context) =>
  inFolder((path) => {
    const lost: number[] = [];
    const log = openJsonlAppender({ path, now, onState: (state) => lost.push(state.lost) });
    const cutting = context.mock.method(fs, "ftruncateSync", () => {
      throw new Error("EIO: i/o error, ftruncate");
    });
    syncBuiltinESMExports();
    limitFiles(20);
    try {
      log.append({ type: "a" });
    } finally {
      limitFiles("unlimited");
      cutting.mock.restore();
      syncBuiltinESMExports();
    }
    log.append({ type: "b" });
    log.close();
    const [torn, ...whole] = readFileSync(path, "utf8").trimEnd().split("\n");
    assert.deepEqual([torn, lost], ['{"v":1,"seq":1,"ts":', [0, 0]]);
    assert.deepEqual(
      whole.map((line) => (JSON.parse(line) as { seq: number }).seq),
      [1, 2],
    );
  }));

test("what waits comes to the file with its numbers; what did not fit is counted, once", () =>
  inFolder((path) => {
    const states: AppenderState[] = [];
    const log = openJsonlAppender({ path, now, queueBytes: 1000, onState: (state) => states.push(state) });
    const record = { type: "a", text: "x".repeat(300) };
    log.append(record);
    limitFiles(500);
    try {
      // Two fit into the queue, three do not; none was thrown.
      for (let count = 0; count < 5; count++) log.append(record);
      assert.deepEqual([log.state.kind, "lost" in log.state && log.state.lost], ["failing", 3]);
    } finally {
      limitFiles("unlimited");
    }
    log.flush();
    log.append(record);
    assert.deepEqual(
      states.map((state) => [state.kind, state.lost]),
      [
        ["failing", 0],
        ["ok", 3],
      ],
    );
    limitFiles(500);
    try {
      log.append(record);
    } finally {
      limitFiles("unlimited");
    }
    log.flush();
    log.close();
    assert.deepEqual(states.at(-1), { kind: "ok", lost: 0 }, "the next time counts for itself");
    assert.deepEqual(seqs(path), [1, 2, 3, 7, 8]);
  }));

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createEventStream } from "../http/event-stream.ts";
import { createHistoryReader } from "../progress/progress.ts";
import { rehearseTakeOver } from "./rehearse.ts";

test("a rehearsal leaves the volume as it found it, a torn line too, and stops when it is needed in earnest", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-rehearse-"));
  test.after(() => rm(folder, { recursive: true }));
  const events =
    '{"v":1,"seq":1,"ts":"2026-01-01T00:00:00.000Z","type":"step-entered","step":"one","by":"student"}\n{"v":1,"se';
  await writeFile(join(folder, "state-events.jsonl"), events);
  const asked: string[] = [];
  const history = createHistoryReader(folder);
  await rehearseTakeOver(history, () => asked.push("to its end") === 0);
  await rehearseTakeOver(history, () => asked.push("stopped") === 1 + 3 + 1);
  assert.deepEqual(asked, [...Array(3).fill("to its end"), "stopped", "stopped"]);
  assert.deepEqual(await readdir(folder), ["state-events.jsonl"]);
  assert.equal(await readFile(join(folder, "state-events.jsonl"), "utf8"), events);
});

test("the history goes on where it was read last, in the middle of a line and of a letter", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-history-"));
  test.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "state-events.jsonl");
  const line = (event: object): string =>
    `${JSON.stringify({ v: 1, seq: 1, ts: "2026-01-01T00:00:00.000Z", ...event })}\n`;
  const text = Buffer.from(
    line({ type: "step-entered", step: "one", by: "student" }) +
      line({ type: "variable-set", name: "CITY", value: "Köln" }) +
      "no event\n" +
      line({ type: "step-entered", step: "two", by: "student" }),
  );
  const history = createHistoryReader(folder);
  assert.equal((await history.read()).history.current, undefined);
  const within = text.indexOf("ö") + 1;
  const found: unknown[] = [];
  for (const end of [within, text.length, text.length]) {
    await writeFile(file, text.subarray(0, end));
    const { history: now, badLines } = await history.read();
    found.push([now.current, now.variables.get("CITY"), badLines.map(({ line: number }) => number)]);
  }
  assert.deepEqual(found, [
    ["one", undefined, []],
    ["two", "Köln", [3]],
    ["two", "Köln", [3]],
  ]);
});

test("a view is worth its cost when somebody has looked, or listens", () => {
  const stream = createEventStream();
  const states = [stream.isFollowed];
  const forget = stream.subscribe(() => {});
  states.push(stream.isFollowed);
  forget();
  states.push(stream.isFollowed);
  // From the first page on: one that was away for a moment gets what it missed.
  const page = stream.open(undefined, () => []);
  states.push(stream.isFollowed);
  void page.cancel();
  states.push(stream.isFollowed);
  stream.close();
  assert.deepEqual(states, [false, true, false, true, true]);
});

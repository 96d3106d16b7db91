import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createEventStream } from "../http/event-stream.ts";
import { rehearseTakeOver } from "./rehearse.ts";

test("a rehearsal leaves the volume as it found it, a torn line too, and stops when it is needed in earnest", async () => {
  const folder = await mkdtemp(join(tmpdir(), "atelier-rehearse-"));
  test.after(() => rm(folder, { recursive: true }));
  const events = '{"v":1,"seq":1,"ts":"2026-01-01T00:00:00.000Z","type":"step-entered","step":"one"}\n{"v":1,"se';
  await writeFile(join(folder, "state-events.jsonl"), events);
  const asked: string[] = [];
  await rehearseTakeOver(folder, () => asked.push("to its end") === 0);
  await rehearseTakeOver(folder, () => asked.push("stopped") === 1 + 3 + 1);
  assert.deepEqual(asked, [...Array(3).fill("to its end"), "stopped", "stopped"]);
  assert.deepEqual(await readdir(folder), ["state-events.jsonl"]);
  assert.equal(await readFile(join(folder, "state-events.jsonl"), "utf8"), events);
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

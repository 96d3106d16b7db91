import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecordingView } from "@atelier/contract";
import { choosePlayable, playablesOf } from "./playables.ts";

const recording = (id: string, terminal: string, starts: readonly string[]): RecordingView => ({
  id,
  terminal,
  startedAt: `2026-01-01T${starts[0]}:00Z`,
  parts: starts.map((at) => ({ bytes: 40, startedAt: `2026-01-01T${at}:00Z` })),
  bytes: 40 * starts.length,
  live: false,
});
const recordings = [
  recording("c", "2", ["12:00"]),
  { ...recording("b", "1", ["11:00", "11:20", "11:40"]), live: true },
  recording("a", "1", ["10:00"]),
];

test("a recording is played whole, or in its parts where it is too large", () => {
  const said = (most: number) => playablesOf(recordings, most).map(({ key, live }) => `${key}${live ? " live" : ""}`);
  assert.deepEqual(said(120), ["c", "b live", "a"]);
  assert.deepEqual(said(100), ["c", "b/1", "b/2", "b/3 live", "a"]);
});

test("one part is played, however large it is: there is nothing smaller", () => {
  assert.deepEqual(
    playablesOf(recordings.slice(0, 1), 10).map(({ key, part }) => [key, part]),
    [["c", undefined]],
  );
});

test("a command is looked for in what ran in its terminal then", () => {
  const playables = playablesOf(recordings, 100);
  const chosen = (terminal: string, at: string) =>
    choosePlayable(playables, { terminal, at: `2026-01-01T${at}:00Z` })?.key;
  assert.deepEqual(
    [chosen("1", "10:30"), chosen("1", "11:19"), chosen("1", "11:20"), chosen("1", "23:00"), chosen("1", "09:00")],
    ["a", "b/1", "b/2", "b/3", "c"],
  );
  assert.equal(choosePlayable(playables, undefined)?.key, "c");
  assert.equal(choosePlayable([], undefined), undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "@atelier/domain";
import type { Recording } from "./find-recordings.ts";
import { pickRecording } from "./pick-recording.ts";

const recording = (id: string): Recording => ({
  id,
  terminal: id.slice(id.indexOf("-") + 1),
  startedAt: new Date(0),
  seconds: 1,
  bytes: 1,
  commands: 1,
  parts: [],
});
/** Newest first. */
const all = ["20260131T130000Z-1", "20260131T120500Z-web", "20260131T120000Z-1"].map(recording);
const pick = (wanted?: string): string => {
  try {
    return pickRecording(all, { workspace: "w", wanted }).id;
  } catch (error) {
    assert.ok(error instanceof AppError);
    return error.message;
  }
};

test("a recording is named by its id, its terminal or the beginning of its id; the newest is the default", () => {
  assert.equal(pick(), "20260131T130000Z-1");
  assert.equal(pick("20260131T120000Z-1"), "20260131T120000Z-1");
  assert.equal(pick("1"), "20260131T130000Z-1");
  assert.equal(pick("web"), "20260131T120500Z-web");
  assert.equal(pick("20260131T1205"), "20260131T120500Z-web");
  assert.equal(pick("20260131T120"), '"20260131T120" fits 2 recordings of the workspace "w".');
  assert.equal(pick("x"), 'The workspace "w" has no recording "x".');
});

test("a workspace without any recording says why that may be", () => {
  assert.throws(() => pickRecording([], { workspace: "w", wanted: undefined }), {
    code: "no-recording",
    hint: "Nobody has used its terminal yet, or its template says recording: { terminal: off }.",
  });
});

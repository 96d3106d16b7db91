import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { LlmExchange, NewStateEvent, StateEvent } from "@atelier/contract";
import { limitFiles } from "../testing/limit-files.ts";
import { type NewExchange, openLlmHistory } from "./llm-history.ts";

const exchange: NewExchange = {
  type: "exchange",
  id: "a",
  step: "one",
  level: "hints",
  question: "?",
  provider: "anthropic",
  model: "fake-1",
  sent: { system: "", message: "" },
  answer: "!",
  outcome: "answered",
  startedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 1,
  usage: { input: 1, output: 1, estimated: false },
  cost: 0,
};

test("lines that are no exchanges are passed over and named, and a disk that takes none is told", async () => {
  const folder = mkdtempSync(join(tmpdir(), "atelier-llm-history-"));
  try {
    const past: LlmExchange = { v: 1, seq: 1, ts: "2026-01-01T00:00:00.000Z", ...exchange };
    writeFileSync(join(folder, "llm-history.jsonl"), `${JSON.stringify(past)}\nno exchange\n`);
    const told: NewStateEvent[] = [];
    const read: LlmExchange[] = [];
    const history = await openLlmHistory({
      runtimeFolder: folder,
      events: {
        append: (event) => {
          told.push(event);
          return event as StateEvent;
        },
      },
      now: () => new Date(0),
      onPast: (found) => read.push(found),
    });
    assert.deepEqual([read, history.badLines.map(({ line }) => line)], [[past], [2]]);
    limitFiles(10);
    try {
      history.append(exchange);
    } finally {
      limitFiles("unlimited");
    }
    assert.equal(history.append(exchange).seq, 3);
    history[Symbol.dispose]();
    const stream = "llm-history.jsonl";
    assert.deepEqual(told, [
      { type: "storage-failed", stream, cause: "EFBIG: file too large, write" },
      { type: "storage-recovered", stream, lost: 0 },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

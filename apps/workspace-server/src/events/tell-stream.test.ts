import assert from "node:assert/strict";
import { test } from "node:test";
import type { BadLine, NewStateEvent, StateEvent } from "@atelier/contract";
import { applyEvent, emptyHistory } from "../progress/progress.ts";
import { tellSkipped } from "./tell-stream.ts";

test("a line that is no record is told once, however often servers begin and read it again", () => {
  const history = emptyHistory();
  const events: NewStateEvent[] = [];
  const append = (event: NewStateEvent): StateEvent => {
    events.push(event);
    const stamped = { v: 1, seq: events.length, ts: "2026-01-01T00:00:00.000Z", ...event } as StateEvent;
    applyEvent(history, stamped);
    return stamped;
  };
  const tell = (stream: string, lines: readonly number[]): void => {
    const badLines = lines.map((line): BadLine => ({ line, excerpt: "", cause: "" }));
    tellSkipped({ stream, badLines, told: history.skipped.get(stream) }, append);
  };
  tell("a", []);
  tell("a", [3]);
  tell("b", [3]);
  tell("a", [3]);
  tell("a", [3, 7]);
  tell("a", [3, 7]);
  assert.deepEqual(
    events.map((event) => (event.type === "lines-skipped" ? [event.stream, event.lines] : event.type)),
    [
      ["a", [3]],
      ["b", [3]],
      ["a", [7]],
    ],
  );
});

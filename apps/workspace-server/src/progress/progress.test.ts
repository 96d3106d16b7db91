import assert from "node:assert/strict";
import { test } from "node:test";
import type { StateEvent } from "@atelier/contract";
import { applyEvent, emptyHistory, filesOfLost, type History } from "./progress.ts";

type Told =
  | readonly ["stands on", string]
  | readonly ["saves", string]
  | readonly ["leaves", string, string, string]
  | readonly ["brings along" | "brings back", string]
  | readonly ["takes one", string];

const eventOf = (told: Told): object => {
  const [what] = told;
  if (what === "stands on")
    return { type: "server-started", step: told[1], workspaceId: "w", planDigest: "", version: "" };
  if (what === "saves") return { type: "checkpoint", id: told[1], reason: "auto", files: 1, bytes: 1, skipped: [] };
  if (what === "leaves") return { type: "released", reason: told[1], image: told[2], checkpoint: told[3], jobs: [] };
  const kind = what === "brings along" ? "carry-over" : "exact";
  const units = what === "takes one" ? { units: ["/home/student/a"] } : {};
  return { type: "restored", checkpoint: told[1], kind, files: 1, removed: 0, replaced: [], skipped: [], ...units };
};

const historyAfter = (...all: readonly Told[]): History => {
  const history = emptyHistory();
  for (const [index, told] of all.entries())
    applyEvent(history, { v: 1, seq: index + 1, ts: "2026-01-01T00:00:00.000Z", ...eventOf(told) } as StateEvent);
  return history;
};
/** What a layer gets that is lost now. */
const lostAfter = (...all: readonly Told[]): unknown => historyAfter(...all).files;

test("a layer that is lost gets what was saved since the last move, else what that move brought along", () => {
  const first: Told = ["stands on", "start"];
  assert.equal(lostAfter(first), undefined);
  assert.deepEqual(lostAfter(first, ["saves", "c1"], ["saves", "c2"]), { kind: "exact", checkpoint: "c2" });
  const stopped: Told[] = [first, ["saves", "c1"], ["leaves", "stop", "start", "c1"]];
  assert.deepEqual(lostAfter(...stopped, first), { kind: "exact", checkpoint: "c1" });
  const moved: Told[] = [first, ["saves", "c1"], ["leaves", "next", "start", "c1"], ["stands on", "one"]];
  const along: Told[] = [...moved, ["brings along", "c1"]];
  assert.deepEqual(lostAfter(...along), { kind: "carry-over", checkpoint: "c1" });
  assert.deepEqual(lostAfter(...along, ["takes one", "c1"]), { kind: "carry-over", checkpoint: "c1" });
  assert.deepEqual(lostAfter(...along, ["stands on", "one"]), { kind: "carry-over", checkpoint: "c1" });
  assert.deepEqual(lostAfter(...along, ["saves", "c2"]), { kind: "exact", checkpoint: "c2" });
});

test("who began clean gets nothing of what was before, on the same image as little as on another", () => {
  const begun: Told[] = [
    ["stands on", "start"],
    ["saves", "c1"],
    ["leaves", "reset", "start", "c1"],
  ];
  assert.equal(lostAfter(...begun, ["stands on", "start"]), undefined);
  assert.equal(lostAfter(...begun, ["stands on", "one"]), undefined);
  const undone: Told[] = [...begun, ["stands on", "one"], ["saves", "c2"], ["leaves", "undo", "one", "c2"]];
  assert.deepEqual(lostAfter(...undone, ["stands on", "start"], ["brings back", "c1"]), {
    kind: "exact",
    checkpoint: "c1",
  });
  // Another image than the one it was saved on, and nobody says that anything came along.
  assert.equal(lostAfter(["stands on", "start"], ["saves", "c1"], ["stands on", "one"]), undefined);
});

test("who was kept in their container to a later step, and lost it, has their work carried over to the image of that step", () => {
  const kept = historyAfter(["stands on", "start"], ["saves", "c1"]);
  assert.deepEqual(filesOfLost(kept, "start"), { kind: "exact", checkpoint: "c1" });
  assert.deepEqual(filesOfLost(kept, "one"), { kind: "carry-over", checkpoint: "c1" });
  assert.deepEqual(filesOfLost(historyAfter(["stands on", "start"]), "one"), { kind: "none" });
  const left = historyAfter(["stands on", "start"], ["saves", "c1"], ["leaves", "reset", "start", "c1"]);
  assert.deepEqual(filesOfLost(left, "one"), { kind: "none" });
});

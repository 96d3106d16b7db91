import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChordKey, isLeaveChord } from "./leave-chord.ts";

const chord: ChordKey = { key: ">", code: "Period", ctrlKey: true, shiftKey: true, altKey: false, metaKey: false };

test("the chord is found by position and by character", () => {
  assert.ok(isLeaveChord(chord));
  assert.ok(isLeaveChord({ ...chord, code: "KeyE", key: "." }), "Dvorak");
  assert.ok(isLeaveChord({ ...chord, code: "Comma", key: "." }), "AZERTY");
});

test("what shells use is not the chord", () => {
  for (const change of [
    { shiftKey: false },
    { ctrlKey: false },
    { altKey: true },
    { metaKey: true },
    { key: "C", code: "KeyC" },
  ])
    assert.equal(isLeaveChord({ ...chord, ...change }), false, JSON.stringify(change));
});
